"""How the suite of the task queue handles each adapter: time, patience, and a holder that dies."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Protocol, TypeVar

from adapters.memory.queue import MemoryTaskQueue
from adapters.rabbitmq.endpoint import Endpoint
from adapters.rabbitmq.queue import RabbitTaskQueue
from adapters.rabbitmq.topology import Topology
from adapters.sqlite.queue import SqliteTaskQueue
from adapters.task_json.codec import TaskJson
from application.ports.queue_admin import QueueAdmin
from application.ports.task_queue import TaskQueue
from domain.secret import Secret
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from application.ports.task_queue import Lease
    from tests.support.broker import Broker

LEASE_SECONDS = 30.0
_PATIENCE_SECONDS = 30.0
_PROOF_SECONDS = 0.05

Result = TypeVar("Result")


class AdministeredQueue(TaskQueue, QueueAdmin, Protocol):
    """Both sides of a queue."""


async def soon(awaitable: Awaitable[Result]) -> Result:
    """What is awaited, which must come; how fast the machine is does not matter."""
    return await asyncio.wait_for(awaitable, _PATIENCE_SECONDS)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what must come to be."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.001)


class QueueHarness(Protocol):
    """A queue under test. `queue` and `holder` are the same tasks, on SQLite by two connections."""

    clock: FakeClock
    queue: AdministeredQueue
    holder: AdministeredQueue

    async def holder_dies(self) -> None:
        """`holder` ends without a word, and the time after which that is noticed passes."""

    async def close(self) -> None:
        """Let go of everything."""


class MemoryHarness(QueueHarness):
    def __init__(self) -> None:
        self.clock = FakeClock()
        self._memory = MemoryTaskQueue(self.clock)
        self.queue = self.holder = self._memory

    async def holder_dies(self) -> None:
        self._memory.break_leases()

    async def close(self) -> None:
        await self._memory.close()


class RabbitHarness(QueueHarness):
    """Two queues of their own on a real broker, whose delays last a hundredth of what they are called."""

    def __init__(self, broker: Broker) -> None:
        self.clock = FakeClock()
        self.topology = Topology(f"test-{uuid.uuid4().hex[:12]}", second_ms=10)
        self._endpoint = Endpoint(Secret(broker.url), role="test")
        self.queue = self.open()
        self.holder = self.open()

    def open(self) -> RabbitTaskQueue:
        """One more connection to the same tasks."""
        return RabbitTaskQueue(self._endpoint, TaskJson(), self.clock, topology=self.topology, look_seconds=0.02)

    async def set_up(self) -> None:
        """Make the queues."""
        await self.queue.set_up()

    async def holder_dies(self) -> None:
        await self.holder.close()

    async def close(self) -> None:
        await self.holder.close()
        await self.queue.close()
        await removed(self._endpoint, self.topology)


async def removed(endpoint: Endpoint, topology: Topology) -> None:
    """Take the queues off the broker, which other tests will use."""
    connection = await endpoint.connect("tidies up", 10)
    channel = await (await connection.channel()).get_underlay_channel()
    for name, _ in topology.queues():
        await channel.queue_delete(name)
    await connection.close()


class SqliteHarness(QueueHarness):
    def __init__(self, path: Path) -> None:
        self.clock = FakeClock()
        self.queue = self._open(path, "queue")
        self.holder = self._open(path, "holder")

    def _open(self, path: Path, owner: str) -> SqliteTaskQueue:
        return SqliteTaskQueue(
            path, TaskJson(), self.clock, owner=owner, lease_seconds=LEASE_SECONDS, poll_seconds=0.01, busy_seconds=30
        )

    async def holder_dies(self) -> None:
        await self.holder.close()
        await self.clock.advance(LEASE_SECONDS)

    async def close(self) -> None:
        await self.holder.close()
        await self.queue.close()


async def nothing_to_take(queue: TaskQueue) -> bool:
    """Whether a taker goes on waiting."""
    try:
        await asyncio.wait_for(queue.take(), _PROOF_SECONDS)
    except TimeoutError:
        return True
    return False


async def take_and_end(queue: TaskQueue) -> Lease:
    """Take the next task and be done with it."""
    lease = await soon(queue.take())
    await lease.done()
    return lease
