"""Queues of a test's own on a real broker, and what else can be put there."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aio_pika
import httpx

from adapters.rabbitmq.endpoint import Endpoint
from adapters.rabbitmq.queue import RabbitTaskQueue
from adapters.rabbitmq.topology import Topology
from adapters.task_json.codec import TaskJson
from domain.secret import Secret
from tests.contract.queue_harness import RabbitHarness, removed
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from adapters.rabbitmq.setup import Limits
    from tests.support.broker import Broker


@dataclass
class Bench:
    """A broker with an empty set of queues; `open` gives one more queue object, by whatever address."""

    broker: Broker
    topology: Topology
    clock: FakeClock = field(default_factory=FakeClock)
    opened: list[RabbitTaskQueue] = field(default_factory=list)

    def open(self, url: str = "", *, topology: Topology | None = None, limits: Limits | None = None) -> RabbitTaskQueue:
        """A queue object, closed at the end."""
        endpoint = Endpoint(Secret(url or self.broker.url), role="test", heartbeat_seconds=1)
        chosen = topology or self.topology
        queue = RabbitTaskQueue(endpoint, TaskJson(), self.clock, topology=chosen, limits=limits, look_seconds=0.02)
        self.opened.append(queue)
        return queue

    async def put(self, queue: str, body: bytes, headers: dict[str, Any] | None = None) -> None:
        """Publish bytes as anybody could."""
        connection = await aio_pika.connect(self.broker.url)
        async with connection:
            channel = await connection.channel(on_return_raises=True)
            await channel.default_exchange.publish(aio_pika.Message(body, headers=headers), queue)

    async def put_by_hand(self, queue: str, body: str, properties: dict[str, Any]) -> None:
        """Publish as the management pages do: with properties that our own client would not write."""
        url = f"http://{self.broker.host}:{self.broker.http}/api/exchanges/%2F/amq.default/publish"
        message = {"routing_key": queue, "payload": body, "payload_encoding": "string", "properties": properties}
        async with httpx.AsyncClient(trust_env=False, auth=("guest", "guest")) as client:
            answer = await client.post(url, json=message)
        assert answer.json() == {"routed": True}

    async def get(self, queue: str) -> aio_pika.abc.AbstractIncomingMessage:
        """The first message of a queue; it is taken out."""
        connection = await aio_pika.connect(self.broker.url)
        async with connection:
            source = await (await connection.channel()).get_queue(queue)
            message = await source.get()
            await message.ack()
            return message

    async def return_it(self, queue: str, times: int) -> None:
        """Take the first message and give it back, again and again."""
        await given_back(self.broker, queue, times)

    async def connection_names(self) -> set[str]:
        """What the management pages show."""
        url = f"http://{self.broker.host}:{self.broker.http}/api/connections"
        async with httpx.AsyncClient(trust_env=False, auth=("guest", "guest")) as client:
            return {found["client_properties"].get("connection_name", "") for found in (await client.get(url)).json()}


def settings_for(broker: Broker, url: str = "") -> dict[str, str]:
    """What an installation needs to have a set of queues of its own there."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    return {"QUEUE": "rabbitmq", "RABBITMQ_URL": url or broker.url, "QUEUE_NAME": name}


async def forgotten(broker: Broker, settings: Mapping[str, str]) -> None:
    """Take those queues off the broker."""
    await removed(Endpoint(Secret(broker.url)), Topology(settings["QUEUE_NAME"]))


@asynccontextmanager
async def bench(broker: Broker) -> AsyncIterator[Bench]:
    """Queues, gone at the end of the block."""
    harness = RabbitHarness(broker)
    await harness.set_up()
    await harness.queue.close()
    await harness.holder.close()
    made = Bench(broker, harness.topology)
    try:
        yield made
    finally:
        for queue in made.opened:
            await queue.close()
        await removed(Endpoint(Secret(broker.url)), made.topology)


@asynccontextmanager
async def alarm(broker: Broker) -> AsyncIterator[None]:
    """The broker is short of memory, by its own account, until the end of the block."""
    await asyncio.to_thread(broker.ctl, "set_vm_memory_high_watermark", "0")
    try:
        yield
    finally:
        await asyncio.to_thread(broker.ctl, "set_vm_memory_high_watermark", "0.4")


async def given_back(broker: Broker, queue: str, times: int) -> None:
    """Take the first message and give it back, again and again, as workers do that die over it."""
    async with await aio_pika.connect(broker.url) as connection:
        for _ in range(times):
            channel = await connection.channel()
            message = await (await channel.get_queue(queue)).get()
            await message.nack(requeue=True)
            await channel.close()
