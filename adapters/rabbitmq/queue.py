"""The task queue on a RabbitMQ broker."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from adapters.rabbitmq.background import Background
from adapters.rabbitmq.cancels import Cancels
from adapters.rabbitmq.errors import translated
from adapters.rabbitmq.forward import bring_forward
from adapters.rabbitmq.graveyard import Graveyard
from adapters.rabbitmq.headers import Counts, microseconds
from adapters.rabbitmq.link import Link, closed_within
from adapters.rabbitmq.locks import Locks
from adapters.rabbitmq.outbox import Outbox
from adapters.rabbitmq.pause import PauseFlag
from adapters.rabbitmq.publisher import Publisher
from adapters.rabbitmq.setup import Setup
from adapters.rabbitmq.stamps import Stamps
from adapters.rabbitmq.taker import Taker, Workshop, issue_text
from adapters.rabbitmq.topology import Topology
from application.ports.queue_admin import QueueAdmin, QueueStatus
from application.ports.task_queue import TaskQueue
from domain.errors import AgentError, LeaseLost, QueueUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from aio_pika.abc import AbstractChannel
    from pamqp.commands import Queue

    from adapters.rabbitmq.endpoint import Endpoint
    from adapters.rabbitmq.lease import RabbitLease
    from adapters.rabbitmq.setup import Limits
    from application.ports.clock import Clock
    from application.ports.queue_admin import DeadLetter
    from application.ports.task_codec import TaskCodec
    from application.ports.task_queue import Lease
    from domain.cancellation import Cancellation
    from domain.issue import IssueKey
    from domain.task import Task

_SECONDS = 5.0


class RabbitTaskQueue(TaskQueue, QueueAdmin):
    """Tasks on a broker that any number of machines share.

    Two connections are made when they are first needed: one publishes, the other takes; a broker that is short of
    memory stops the first and not the second. `look_seconds`: how soon one that waits notices a pause, and its end.

    The first `take` raises `InvalidInput` where `check` would. `publish` drops no task that the queue has already: a
    broker does not know what is in a queue.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        codec: TaskCodec,
        clock: Clock,
        *,
        topology: Topology | None = None,
        limits: Limits | None = None,
        look_seconds: float = 1.0,
    ) -> None:
        topology = topology or Topology()
        self._topology = topology
        self._publishing, self._taking = Link(endpoint, "publishes"), Link(endpoint, "takes")
        self._publisher = Publisher(self._publishing)
        self._setup = Setup(self._publishing, topology, limits)
        self._checked = False
        self._stamps = Stamps(clock)
        self._pause = PauseFlag(self._publisher, topology)
        self._background = Background()
        self._shop = Workshop(
            link=self._taking,
            topology=topology,
            codec=codec,
            outbox=Outbox(self._publisher, topology, codec, clock),
            cancels=Cancels(self._taking, self._publisher, topology.cancels),
            pause=self._pause,
            locks=Locks(self._taking),
            stamps=self._stamps,
            background=self._background,
            look_seconds=look_seconds,
        )
        self._graveyard = Graveyard(self._shop)
        self._takers: set[Taker] = set()
        self._closing = False

    async def publish(self, task: Task, not_before: datetime | None = None) -> None:
        """Return once the broker has the task safely; one that is published twice comes twice."""
        due = microseconds(not_before) if not_before else 0
        await self._shop.outbox.put(task, Counts(stamp=self._stamps.next(), due=due))

    async def take(self) -> Lease:
        """Wait for a task that is due and about an issue that nobody works on, and hold it.

        A message that is no task is set aside with the reason, and the next one is taken.
        """
        return await self._taken(Taker(self._shop))

    async def take_given_up(self) -> Lease:
        """Wait for a task that the broker has delivered too often, and hold it."""
        return await self._taken(Taker(self._shop, given_up=True))

    async def cancel(self, issue: IssueKey, cancellation: Cancellation) -> None:
        """Ask that all tasks about an issue stop that are published now."""
        text = issue_text(issue)
        await self._shop.cancels.add(text, self._stamps.next(), cancellation)
        self._background.start(bring_forward(self._shop, self._publishing, text))

    async def set_up(self) -> None:
        """Make the queues on the broker; raises `InvalidInput` where one is there with other arguments."""
        await self._setup.apply()

    async def check(self) -> None:
        """Raise `InvalidInput` where a queue is missing or differs, or the broker bounds a task more than we do."""
        await self._setup.check()
        self._checked = True

    async def try_publishing(self) -> None:
        """Have the broker confirm a message that no queue keeps.

        An alarm of the broker's shows nowhere else: it stops reading from a connection when that publishes next.
        """
        await self._publisher.try_out()

    async def status(self) -> QueueStatus:
        """How many tasks there are now."""
        names = self._topology
        async with self._looking() as channel:
            counts = {
                name: await _declared(channel, name)
                for name in (names.tasks, names.busy, names.expired, names.dead, names.holders, *names.delays.values())
            }
            paused = await self._pause.read(channel)
        ready = {name: count.message_count or 0 for name, count in counts.items()}
        return QueueStatus(
            due=ready[names.tasks] + ready[names.busy] + ready[names.expired],
            delayed=sum(ready[name] for name in names.delays.values()),
            held=counts[names.holders].consumer_count or 0,
            dead=ready[names.dead],
            paused=paused,
            consumers=counts[names.tasks].consumer_count or 0,
        )

    async def knows(self, task_id: str) -> bool | None:
        """None: a broker does not say what is in a queue."""
        del task_id
        return None

    async def dead(self) -> Sequence[DeadLetter]:
        """The tasks that were set aside, the longest dead first."""
        return await self._graveyard.letters()

    async def redrive(self, task_id: str) -> None:
        """Put a dead task back, as if it had been published now."""
        await self._graveyard.revive(task_id)

    async def redrive_all(self) -> int:
        """Put every dead task back likewise."""
        return await self._graveyard.revive_all()

    async def drop(self, task_id: str) -> None:
        """Forget a dead task for good."""
        await self._graveyard.drop(task_id)

    async def purge(self) -> int:
        """Throw away all tasks that wait."""
        names = self._topology
        async with self._looking() as channel:
            with translated("the queue cannot be emptied"):
                queues = [
                    await channel.get_queue(name, ensure=False)
                    for name in (names.tasks, names.busy, *names.delays.values())
                ]
                return sum([(await queue.purge(timeout=_SECONDS)).message_count or 0 for queue in queues])

    async def pause(self, by: str) -> None:
        """Let `take` deliver nothing until `resume`."""
        await self._pause.raise_(by, self._shop.outbox.now())

    async def resume(self) -> None:
        """Let tasks be delivered again."""
        async with self._looking() as channel:
            await self._pause.lower(channel)

    async def close(self) -> None:
        """Disconnect; a lease that has not ended is lost, and its task delivered again."""
        self._closing = True
        for taker in tuple(self._takers):
            taker.stop()
        await self._background.over()
        await self._shop.cancels.close()
        await self._taking.close()
        await self._background.over()
        await self._publishing.close()

    async def _taken(self, taker: Taker) -> RabbitLease:
        """The taker's lease; where the wait is cancelled, the taker ends by itself, and what it got is handed back."""
        self._check_open()
        if not self._checked:  # the broker was away when this process was started
            try:
                await self.check()
            except QueueUnavailable:
                self._check_open()
                raise
        self._takers.add(taker)
        taking = self._background.start(taker.take())
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            taker.stop()
            self._background.start(_handed_back(taking))
            raise
        finally:
            self._takers.discard(taker)

    def _check_open(self) -> None:
        if self._closing:
            message = "the queue is closed"
            raise QueueUnavailable(message)

    @asynccontextmanager
    async def _looking(self) -> AsyncIterator[AbstractChannel]:
        channel = await self._publishing.channel()
        try:
            yield channel
        finally:
            await closed_within(channel, _SECONDS)


async def _declared(channel: AbstractChannel, name: str) -> Queue.DeclareOk:
    with translated(f"the queue `{name}` cannot be looked at"):
        return (await channel.declare_queue(name, passive=True, timeout=_SECONDS)).declaration_result


async def _handed_back(taking: asyncio.Task[RabbitLease]) -> None:
    """Give back what was taken although nobody waits for it any more."""
    with suppress(AgentError, LeaseLost):
        await (await taking).hand_back()
