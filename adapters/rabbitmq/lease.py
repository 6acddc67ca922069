"""The hold on a task that a broker has delivered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from application.ports.task_queue import Lease
from domain.errors import AgentError, LeaseLost, QueueUnavailable
from domain.task import Attempt

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from adapters.rabbitmq.background import Background
    from adapters.rabbitmq.cancels import Cancels
    from adapters.rabbitmq.delivery import Delivery
    from adapters.rabbitmq.headers import Counts
    from adapters.rabbitmq.outbox import Outbox
    from domain.cancellation import Cancellation
    from domain.conversation import Spend
    from domain.task import Task

_SECONDS = 5.0


class _State(Enum):
    HELD = auto()
    ENDED = auto()
    LOST = auto()


class RabbitLease(Lease):
    """Lasts as long as the channel that brought the task: with that, the broker delivers the task to somebody else.

    To end it with a message (to be tried again, or dead) is to publish that first and to acknowledge the delivery then:
    whoever dies in between leaves two messages about one task, which is one more than needed, and not one less.
    """

    def __init__(
        self, delivery: Delivery, task: Task, outbox: Outbox, cancels: Cancels, issue: str, background: Background
    ) -> None:
        self._delivery = delivery
        self._task = task
        self._outbox = outbox
        self._cancels = cancels
        self._issue = issue
        self._background = background
        self._state = _State.HELD
        self._ending = asyncio.Lock()
        self._lost = asyncio.Event()
        self._watch = asyncio.create_task(self._lose_with_the_channel())

    @property
    def task(self) -> Task:
        """The task, its history complete."""
        return self._task

    @property
    def attempt(self) -> int:
        """Which attempt this is, from 1."""
        return self._delivery.counts.attempt

    @property
    def retries(self) -> int:
        """How often an attempt asked to be tried again."""
        return self._delivery.counts.retries

    @property
    def redeliveries(self) -> int:
        """How often an attempt ended without a word."""
        return self._delivery.counts.redeliveries

    @property
    def spent(self) -> Spend:
        """What the task has cost, as its message says."""
        return self._delivery.counts.spent

    @property
    def cancelled(self) -> tuple[Cancellation, ...]:
        """The wishes since the task's publication that the work stop."""
        return self._cancels.wishes(self._issue, self._delivery.counts.stamp)

    async def wait_cancelled(self) -> tuple[Cancellation, ...]:
        """Return once a person asks for the work to stop."""
        return await self._cancels.wait(self._issue, self._delivery.counts.stamp)

    async def ensure_held(self) -> None:
        """Ask the broker on the very channel that holds the task; on a channel that is gone, so is the task."""
        self._check_state()
        try:
            await self._delivery.prove(_SECONDS)
        except AgentError as error:
            raise self._consequence(error) from error
        self._check_state()

    async def wait_lost(self) -> None:
        """Return once the channel has ended before the lease did."""
        await self._lost.wait()

    async def done(self) -> None:
        """The task is finished, and is forgotten."""
        await self._end(None)

    async def retry(self, at: datetime, reason: str, *, spent: Spend | None = None) -> None:
        """Deliver the task again, not before `at` (UTC); `reason` joins its history."""
        task = replace(self._task, history=(*self._task.history, Attempt(self._outbox.now(), reason)))
        await self._end(lambda: self._outbox.put(task, self._counts(spent).once_more(at)))

    async def dead(self, reason: str, *, spent: Spend | None = None) -> None:
        """Set the task aside with its history."""
        await self._end(lambda: self._outbox.bury(self._delivery.message, self._counts(spent), reason))

    async def hand_back(self) -> None:
        """Give the task to the next taker as if it had not been taken."""
        await self._end(lambda: self._outbox.put_back(self._delivery.message, self._delivery.counts))

    def _counts(self, spent: Spend | None) -> Counts:
        return replace(self._delivery.counts, spent=spent or self.spent)

    async def _end(self, publish: Callable[[], Awaitable[None]] | None) -> None:
        """Whoever is cancelled meanwhile leaves an ending that goes on: half of one would be a lease of no kind."""
        await self._background.to_its_end(self._ended(publish))

    async def _ended(self, publish: Callable[[], Awaitable[None]] | None) -> None:
        async with self._ending:
            self._check_state()
            if publish is not None:
                await publish()
            self._check_state()
            try:
                await self._delivery.acknowledge(_SECONDS)
            except AgentError as error:
                raise self._consequence(error) from error
            self._state = _State.ENDED
            self._watch.cancel()
            await self._delivery.leave()

    async def _lose_with_the_channel(self) -> None:
        await self._delivery.ended.wait()
        self._lose()

    def _check_state(self) -> None:
        if self._state is _State.HELD and self._delivery.ended.is_set():
            self._lose()
        if self._state is not _State.HELD:
            raise self._loss()

    def _consequence(self, error: AgentError) -> AgentError:
        """Of a broker that does not answer nothing follows; of any other failure on this channel, that it is lost."""
        if isinstance(error.__cause__, TimeoutError):
            return QueueUnavailable(f"the broker does not answer in time; whether task {self._task.id} is held is open")
        self._lose()
        return self._loss()

    def _lose(self) -> None:
        if self._state is _State.HELD:
            self._state = _State.LOST
            self._watch.cancel()
            self._lost.set()
            self._delivery.abandon()

    def _loss(self) -> LeaseLost:
        what = "ended already" if self._state is _State.ENDED else "lost"
        return LeaseLost(f"the lease on task {self._task.id} ({self._task.issue}) is {what}")
