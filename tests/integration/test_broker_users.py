"""The broker's users as the Secret for Kubernetes makes them, on a real broker: each can do its work, and no more."""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from aio_pika import Message
from aiormq.exceptions import ChannelAccessRefused

from adapters.rabbitmq.endpoint import Endpoint
from adapters.rabbitmq.link import closed_within
from adapters.task_json.codec import TaskJson
from domain.cancellation import Cancellation, CancelReason
from domain.secret import Secret
from infra.kubernetes.broker_secret import definitions, users
from tests.contract.queue_harness import soon, take_and_end, until
from tests.fakes.queued_tasks import a_task
from tests.support.broker import broker_group

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aio_pika.abc import AbstractChannel

    from adapters.rabbitmq.queue import RabbitTaskQueue
    from tests.support.broker import Broker
    from tests.support.rabbit import Bench

pytestmark = broker_group


@dataclass(frozen=True, slots=True)
class Staff:
    """A broker that has imported the users, all of whom may use the bench's queues."""

    bench: Bench
    passwords: dict[str, str]

    def url(self, user: str) -> str:
        return self.bench.broker.url.replace("guest:guest", f"{user}:{self.passwords[user]}")

    def queue(self, user: str) -> RabbitTaskQueue:
        return self.bench.open(self.url(user))

    async def http(self, user: str, method: str, path: str, body: object = None) -> httpx.Response:
        """Ask the management API."""
        return await _asked(self.bench.broker, (user, self.passwords[user]), method, path, body)

    @asynccontextmanager
    async def channel(self, user: str) -> AsyncIterator[AbstractChannel]:
        connection = await Endpoint(Secret(self.url(user))).connect("test", 10)
        try:
            yield await soon(connection.channel())
        finally:  # one on which something was refused may not answer
            await closed_within(connection, 5)


async def _asked(broker: Broker, who: tuple[str, str], method: str, path: str, body: object = None) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, auth=who, timeout=30) as client:
        return await client.request(method, f"http://{broker.host}:{broker.http}/api/{path}", json=body)


@pytest.fixture
async def staff(bench: Bench) -> AsyncIterator[Staff]:
    """The users are imported as the broker does it from the Secret, and gone at the end."""
    names = [user.name for user in users("any")]
    passwords = {name: secrets.token_urlsafe(12) for name in names}
    imported = json.loads(definitions(bench.topology.name, passwords))
    guest = ("guest", "guest")
    assert (await _asked(bench.broker, guest, "POST", "definitions", imported)).is_success
    try:
        yield Staff(bench, passwords)
    finally:
        while bench.opened:  # before the broker ends the connections of users that are gone
            await bench.opened.pop().close()
        for name in names:
            await _asked(bench.broker, guest, "DELETE", f"users/{name}")


async def test_the_gateway_starts_is_ready_and_publishes(staff: Staff) -> None:
    gateway = staff.queue("gateway")
    await gateway.check()
    await gateway.publish(a_task())
    assert (await gateway.status()).due == 1


async def test_the_gateway_cancels_and_brings_forward_what_waits_for_its_time(staff: Staff) -> None:
    gateway, worker = staff.queue("gateway"), staff.queue("worker")
    task, now = a_task(), staff.bench.clock.now()
    await gateway.publish(task, not_before=now + timedelta(hours=1))
    await gateway.cancel(task.issue, Cancellation("maria", now, CancelReason.CLOSED))
    lease = await soon(worker.take())
    assert [wish.by for wish in lease.cancelled] == ["maria"]
    await lease.done()


async def test_the_gateway_sees_who_has_paused(staff: Staff) -> None:
    await staff.queue("worker").pause("maria@desk")
    paused = (await staff.queue("gateway").status()).paused
    assert paused is not None
    assert paused.by == "maria@desk"


@pytest.mark.parametrize("act", ["take", "delete", "make", "empty"])
async def test_the_gateway_can_do_no_more_than_publish(staff: Staff, act: str) -> None:
    with pytest.raises(ChannelAccessRefused):
        await soon(_done(staff, "gateway", act))


async def test_the_worker_does_all_that_there_is_to_do_with_the_queues(staff: Staff) -> None:
    worker = staff.queue("worker")
    await worker.set_up()
    await worker.check()
    await worker.publish(a_task(1))
    await (await soon(worker.take())).retry(staff.bench.clock.now(), "the forge is away")
    await (await soon(worker.take())).dead("it failed")
    await worker.redrive_all()
    await take_and_end(worker)
    assert await worker.dead() == []
    await worker.pause("maria")
    await worker.resume()
    assert await worker.purge() == 0


async def test_the_worker_takes_what_the_broker_has_given_up(staff: Staff) -> None:
    await staff.bench.put(staff.bench.topology.expired, TaskJson().encode(a_task()))
    lease = await soon(staff.queue("worker").take_given_up())
    await lease.done()


async def test_the_worker_reaches_no_queue_but_the_agents(staff: Staff) -> None:
    async with staff.channel("worker") as channel:
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue("somebody-elses", exclusive=True)


async def test_keda_sees_how_many_tasks_wait_and_are_in_hand(staff: Staff) -> None:
    worker = staff.queue("worker")
    await worker.publish(a_task(1))
    await worker.publish(a_task(2))
    lease = await soon(worker.take())

    async def both_are_counted() -> bool:
        await asyncio.sleep(0.1)
        answer = await staff.http("keda", "GET", f"queues/%2F/{staff.bench.topology.tasks}")
        assert answer.status_code == httpx.codes.OK
        seen = answer.json()
        return (seen.get("messages"), seen.get("messages_unacknowledged")) == (2, 1)

    await until(both_are_counted)
    await lease.done()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "queues/%2F/{queue}/get", {"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto"}),
        ("DELETE", "queues/%2F/{queue}", None),
        ("DELETE", "queues/%2F/{queue}/contents", None),
        ("PUT", "queues/%2F/{queue}.new", {"durable": True}),
        ("PUT", "users/another", {"password": "x", "tags": "administrator"}),
        ("GET", "users", None),
        ("GET", "definitions", None),
    ],
)
async def test_keda_can_do_nothing_else_over_http(staff: Staff, method: str, path: str, body: object) -> None:
    answer = await staff.http("keda", method, path.format(queue=staff.bench.topology.tasks), body)
    assert answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN, httpx.codes.BAD_REQUEST}
    assert "access" in answer.text.lower() or "not" in answer.text.lower()


@pytest.mark.parametrize("act", ["publish", "take", "delete", "make", "empty"])
async def test_keda_can_do_nothing_over_amqp(staff: Staff, act: str) -> None:
    with pytest.raises(ChannelAccessRefused):
        await soon(_done(staff, "keda", act))


async def test_the_administrator_may_log_in_to_the_management_pages(staff: Staff) -> None:
    assert (await staff.http("admin", "GET", "whoami")).json()["name"] == "admin"
    assert (await staff.http("admin", "GET", "users")).is_success


async def _done(staff: Staff, user: str, act: str) -> None:
    """Do one thing to the queue of tasks as that user."""
    name = staff.bench.topology.tasks
    async with staff.channel(user) as channel:
        match act:
            case "publish":
                await channel.default_exchange.publish(Message(b"{}"), name)
            case "take":
                await (await channel.get_queue(name, ensure=False)).get(fail=False)
            case "delete":
                await (await channel.get_underlay_channel()).queue_delete(name)
            case "make":
                await channel.declare_queue(f"{name}.new", exclusive=True)
            case "empty":
                await (await channel.get_queue(name, ensure=False)).purge()
