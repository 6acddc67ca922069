"""The gateway over HTTP on a loopback port."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import httpx
import pytest

from domain.errors import InvalidInput, QueueUnavailable
from domain.secret import Secret
from entrypoints.gateway.app import MAX_BODY_BYTES, build_app
from entrypoints.gateway.server import serve
from tests.fakes.queue import FakeTaskQueue
from tests.support.gateway import gateway_app
from tests.support.webhooks import (
    SECRET,
    IssueFacts,
    issue_webhook,
    numbered_webhook,
    signature,
    signed_webhook,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from litestar import Litestar

    from entrypoints.gateway.services import GatewayServices
    from tests.support.webhooks import Webhook

WEBHOOK = "/webhook/github"
DEADLINE = 20.0
"""Seconds after which a wait in these tests is a failure."""


@asynccontextmanager
async def serving(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application, which is served on a port of the system's choosing."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve(app, "127.0.0.1", 0, port.set_result))
    try:
        await asyncio.wait_for(port, DEADLINE)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port.result()}", timeout=DEADLINE) as client:
            yield client
    finally:
        server.cancel()
        with suppress(asyncio.CancelledError):
            await server


async def deliver(client: httpx.AsyncClient, webhook: Webhook) -> httpx.Response:
    return await client.post(WEBHOOK, content=webhook.body, headers=dict(webhook.headers))


async def test_queues_a_signed_webhook() -> None:
    queue = FakeTaskQueue()
    async with serving(gateway_app(queue)) as client:
        response = await deliver(client, issue_webhook())
    assert (response.status_code, response.json()) == (202, {"task": queue.published[0].id})
    assert queue.published[0].title == "The total is wrong"


@pytest.mark.parametrize(
    ("webhook", "status"),
    [
        pytest.param(issue_webhook(IssueFacts(action="unlabeled")), 202, id="a cancellation"),
        pytest.param(issue_webhook(IssueFacts(action="edited", about_label="")), 200, id="nothing to do"),
        pytest.param(signed_webhook("ping", b"{}"), 200, id="a ping"),
        pytest.param(signed_webhook("issues", b"{}"), 400, id="a payload that is none"),
        pytest.param(issue_webhook(secret="wrong"), 401, id="a wrong signature"),
    ],
)
async def test_answers_in_json(webhook: Webhook, status: int) -> None:
    async with serving(gateway_app(FakeTaskQueue())) as client:
        response = await deliver(client, webhook)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()


async def test_takes_either_of_two_secrets() -> None:
    async with serving(gateway_app(FakeTaskQueue(), secrets=("old", "new"))) as client:
        answers = [await deliver(client, issue_webhook(secret=secret)) for secret in ("old", "new", "older")]
    assert [answer.status_code for answer in answers] == [202, 202, 401]


async def test_refuses_a_body_announced_above_25_megabytes() -> None:
    async with serving(gateway_app(FakeTaskQueue())) as client:
        response = await deliver(client, signed_webhook("ping", b" " * (MAX_BODY_BYTES + 1)))
    assert response.status_code == 413
    assert "error" in response.json()


async def test_takes_a_body_of_25_megabytes() -> None:
    async with serving(gateway_app(FakeTaskQueue())) as client:
        response = await deliver(client, signed_webhook("ping", b" " * MAX_BODY_BYTES))
    assert response.status_code == 200


async def test_stops_reading_a_body_of_unknown_length_at_the_limit() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100 * 1024 * 1024:
            sent += 64 * 1024
            yield b" " * 64 * 1024

    headers = {"X-GitHub-Event": "ping", "X-Hub-Signature-256": signature(b"")}
    async with serving(gateway_app(FakeTaskQueue(), max_body_bytes=1024 * 1024)) as client:
        response = await client.post(WEBHOOK, content=endless(), headers=headers)
        assert response.status_code == 413
        assert (await deliver(client, issue_webhook())).status_code == 202


async def test_takes_a_signed_body_of_unknown_length() -> None:
    webhook = issue_webhook()

    async def pieces() -> AsyncIterator[bytes]:
        yield webhook.body[:100]
        yield webhook.body[100:]

    async with serving(gateway_app(FakeTaskQueue())) as client:
        response = await client.post(WEBHOOK, content=pieces(), headers=dict(webhook.headers))
    assert response.status_code == 202


async def test_gives_up_on_a_slow_queue_and_recovers() -> None:
    queue = FakeTaskQueue()
    async with serving(gateway_app(queue)) as client:
        queue.stall()
        started = time.monotonic()
        refused = await deliver(client, issue_webhook())
        waited = time.monotonic() - started
        queue.resume()
        taken = await deliver(client, issue_webhook())
    assert (refused.status_code, taken.status_code) == (503, 202)
    assert refused.headers["Retry-After"].isdigit()
    assert 1.9 <= waited < DEADLINE
    assert len(queue.published) == 1


async def test_answers_others_while_the_queue_is_slow() -> None:
    queue = FakeTaskQueue()
    async with serving(gateway_app(queue)) as client:
        queue.stall()
        stalled = asyncio.create_task(deliver(client, issue_webhook()))
        healthy = await client.get("/health")
        assert not stalled.done()
        queue.resume()
        assert ((await stalled).status_code, healthy.status_code) == (202, 200)


async def test_readiness_follows_the_queue() -> None:
    problem: QueueUnavailable | None = QueueUnavailable("the queue is away")

    async def ready() -> None:
        if problem:
            raise problem

    async with serving(gateway_app(FakeTaskQueue(), ready=ready)) as client:
        before = await client.get("/ready")
        problem = None
        after = await client.get("/ready")
    assert (before.status_code, before.json()) == (503, {"error": "the queue is away"})
    assert (after.status_code, after.json()) == (200, {"status": "ready"})


async def test_is_not_ready_while_the_queue_does_not_answer() -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    async with serving(gateway_app(FakeTaskQueue(), ready=never)) as client:
        response = await client.get("/ready")
    assert (response.status_code, response.json()) == (503, {"error": "the queue did not answer within 2 s"})


async def test_many_at_a_time_are_all_queued() -> None:
    queue = FakeTaskQueue()
    async with serving(gateway_app(queue)) as client:
        answers = await asyncio.gather(*(deliver(client, numbered_webhook(number)) for number in range(1, 101)))
    assert {answer.status_code for answer in answers} == {202}
    assert {answer.json()["task"] for answer in answers} == {task.id for task in queue.published}
    assert len(queue.published) == 100


async def test_finishes_what_it_has_begun_when_stopped() -> None:
    queue = FakeTaskQueue()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve(gateway_app(queue), "127.0.0.1", 0, port.set_result))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{await port}", timeout=DEADLINE) as client:
        queue.stall()
        under_way = asyncio.create_task(deliver(client, issue_webhook()))
        await asyncio.wait_for(queue.waiting.wait(), DEADLINE)
        server.cancel()
        queue.resume()
        assert (await under_way).status_code == 202
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(server, DEADLINE)
    assert queue.closed


async def test_a_sender_who_hangs_up_leaves_the_gateway_well() -> None:
    async with serving(gateway_app(FakeTaskQueue())) as client:
        _, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        writer.write(b"POST /webhook/github HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert (await deliver(client, issue_webhook())).status_code == 202


async def test_says_that_a_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        with pytest.raises(InvalidInput, match=f"cannot listen on 127.0.0.1 port {port}: Address already in use"):
            await serve(gateway_app(FakeTaskQueue()), "127.0.0.1", port, print)


async def test_what_keeps_the_services_from_opening_reaches_the_caller() -> None:
    def no_services() -> AbstractAsyncContextManager[GatewayServices]:
        message = "the queue's file cannot be opened"
        raise QueueUnavailable(message)

    with pytest.raises(QueueUnavailable, match="the queue's file cannot be opened"):
        await serve(build_app(no_services, (Secret(SECRET),)), "127.0.0.1", 0, print)


async def raw_answer(client: httpx.AsyncClient, request: bytes) -> bytes:
    """The first bytes of the answer to bytes that no HTTP library would send."""
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    try:
        with suppress(ConnectionError):
            writer.write(request)
            await writer.drain()
        return await asyncio.wait_for(reader.read(200), DEADLINE)
    finally:
        writer.close()


@pytest.mark.parametrize("header", [b"", b"X-Hub-Signature-256: sha256=1234\r\n", b"X-Hub-Signature-256: sha1=ab\r\n"])
async def test_reads_no_body_that_cannot_be_signed(header: bytes) -> None:
    head = b"POST /webhook/github HTTP/1.1\r\nHost: x\r\nContent-Length: 25000000\r\n" + header + b"\r\n"
    async with serving(gateway_app(FakeTaskQueue())) as client:
        assert b" 401 " in await raw_answer(client, head)


async def test_reads_no_head_without_end() -> None:
    endless = b"POST /webhook/github HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 100_000
    async with serving(gateway_app(FakeTaskQueue())) as client:
        assert b" 431 " in await raw_answer(client, endless)
        assert (await client.get("/health")).status_code == 200


async def test_a_queue_that_can_no_longer_be_used_is_no_500() -> None:
    queue = FakeTaskQueue()
    queue.failure = InvalidInput("the queue's file is a folder")
    async with serving(gateway_app(queue)) as client:
        response = await deliver(client, issue_webhook())
    assert (response.status_code, "cannot be used" in response.json()["error"]) == (503, True)
