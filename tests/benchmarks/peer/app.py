"""The gateway's path in FastAPI and FastStream: prove the signature, read the event, queue the task, confirmed.

    python app.py SERVER      # uvicorn or granian; prints {"port": ...} once it listens

As its authors would write it. RABBITMQ_URL, QUEUE_NAME and WEBHOOK_SECRET come from the environment. It does less than
the gateway: no other event, no cancelling, no bound on bodies and heads.
"""

import hashlib
import hmac
import json
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI, HTTPException, Request, status
from faststream.rabbit import RabbitBroker
from pydantic import BaseModel

SECRET = os.environ["WEBHOOK_SECRET"].encode()
QUEUE = os.environ["QUEUE_NAME"]
LABEL, OWNER = "ai-help", "acme"

broker = RabbitBroker(os.environ["RABBITMQ_URL"], logger=None)
log = logging.getLogger("peer")


class Named(BaseModel):
    name: str


class Account(BaseModel):
    login: str
    type: str = "User"


class Repository(BaseModel):
    id: int
    full_name: str


class Issue(BaseModel):
    number: int
    title: str
    body: str | None = ""
    state: str
    updated_at: datetime
    labels: list[Named] = []
    assignees: list[Account] = []


class Event(BaseModel):
    action: str
    issue: Issue
    repository: Repository
    sender: Account
    label: Named | None = None


class Task(BaseModel):
    version: int = 1
    id: str
    kind: str = "start"
    repository: dict[str, str | int]
    issue_number: int
    asked_by: str
    asked_at: datetime
    title: str
    body: str
    delivery: str


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    await broker.connect()
    yield
    await broker.stop()


app = FastAPI(lifespan=lifespan, openapi_url=None)


@app.post("/webhook/github", status_code=status.HTTP_202_ACCEPTED)
async def receive(request: Request) -> dict[str, str]:
    body = await request.body()
    expected = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(request.headers.get("x-hub-signature-256", ""), expected):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED)
    event = Event.model_validate_json(body)
    if event.action != "labeled" or event.label is None or event.label.name != LABEL:
        raise HTTPException(status.HTTP_200_OK)
    if event.repository.full_name.split("/")[0] != OWNER or event.sender.type != "User":
        raise HTTPException(status.HTTP_200_OK)
    task = task_of(event, request.headers.get("x-github-delivery", ""))
    await broker.publish(
        task.model_dump_json().encode(),
        routing_key=QUEUE,
        mandatory=True,
        persist=True,
        message_id=task.id,
        content_type="application/json",
        headers={"issue": f"{event.repository.full_name}#{event.issue.number}", "asked-by": task.asked_by},
    )
    log.info("delivery %s of %s#%d: %s", task.delivery, event.repository.full_name, task.issue_number, task.id)
    return {"task": task.id}


def task_of(event: Event, delivery: str) -> Task:
    trigger = f"start:{event.issue.updated_at.isoformat()}"
    parts = ("github", str(event.repository.id), str(event.issue.number), trigger)
    return Task(
        id=hashlib.sha256("\0".join(parts).encode()).hexdigest(),
        repository={"forge": "github", "id": event.repository.id, "full_name": event.repository.full_name},
        issue_number=event.issue.number,
        asked_by=event.sender.login,
        asked_at=datetime.now(UTC),
        title=event.issue.title,
        body=event.issue.body or "",
        delivery=delivery,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def main(server: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    for chatty in ("aiormq", "aio_pika", "faststream"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    port = free_port()
    print(json.dumps({"port": port}), flush=True)  # noqa: T201 - whoever measures reads it
    if server == "uvicorn":
        import uvicorn  # noqa: PLC0415 - one of the two

        uvicorn.run(app, port=port, http="httptools", loop="uvloop", ws="none", log_config=None, access_log=False)
    else:
        import uvloop  # noqa: PLC0415 - as above
        from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415
        from granian.server.embed import Server  # noqa: PLC0415 - in this process, so that its CPU can be read

        uvloop.run(
            Server(
                app, port=port, interface=Interfaces.ASGI, http=HTTPModes.http1, websockets=False, log_enabled=False
            ).serve()
        )


if __name__ == "__main__":
    main(sys.argv[1])
