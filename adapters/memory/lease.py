"""The hold on a task of this process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.memory.entry import EntryState
from application.ports.task_queue import Lease
from domain.errors import LeaseLost

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.memory.entry import Entry
    from application.ports.clock import Clock
    from domain.cancellation import Cancellation
    from domain.conversation import Spend
    from domain.task import Task


class MemoryLease(Lease):
    """Lasts until it is ended, or taken away by its queue."""

    def __init__(self, entry: Entry, clock: Clock, on_end: Callable[[MemoryLease], None]) -> None:
        self._entry = entry
        self._clock = clock
        self._on_end = on_end
        self._task = entry.task
        self._retries = entry.retries
        self._redeliveries = entry.redeliveries
        self._spent = entry.spent
        self._wishes = entry.wishes
        self._cancelled = asyncio.Event()
        self._lost = asyncio.Event()
        self._ended = False

    @property
    def task(self) -> Task:
        """The task, its history complete."""
        return self._task

    @property
    def attempt(self) -> int:
        """Which attempt this is, from 1."""
        return 1 + self._retries + self._redeliveries

    @property
    def retries(self) -> int:
        """How often an attempt asked to be tried again."""
        return self._retries

    @property
    def redeliveries(self) -> int:
        """How often an attempt ended without a word."""
        return self._redeliveries

    @property
    def spent(self) -> Spend:
        """What the task had cost when it was taken."""
        return self._spent

    @property
    def cancelled(self) -> tuple[Cancellation, ...]:
        """The wishes that the work stop."""
        return self._wishes

    async def wait_cancelled(self) -> tuple[Cancellation, ...]:
        """Return once a person asks for the work to stop."""
        while not self._wishes:
            await self._cancelled.wait()
        return self._wishes

    async def ensure_held(self) -> None:
        """Raise `LeaseLost` once the lease has ended or was taken away."""
        if self._ended or self._lost.is_set():
            what = "lost" if self._lost.is_set() else "ended already"
            message = f"the lease on task {self._task.id} ({self._task.issue}) is {what}"
            raise LeaseLost(message)

    async def wait_lost(self) -> None:
        """Return once the lease was taken away."""
        await self._lost.wait()

    async def done(self) -> None:
        """The task is finished; its id is remembered."""
        await self._end(EntryState.DONE)

    async def retry(self, at: datetime, reason: str, *, spent: Spend | None = None) -> None:
        """Deliver the task again, not before `at` (UTC); `reason` joins its history."""
        await self._end(EntryState.WAITING)
        self._entry.spent = spent or self._spent
        self._entry.due = at
        self._entry.retries += 1
        self._entry.remember(self._clock.now(), reason)

    async def dead(self, reason: str, *, spent: Spend | None = None) -> None:
        """Set the task aside with its history."""
        await self._end(EntryState.DEAD)
        self._entry.spent = spent or self._spent
        self._entry.reason = reason
        self._entry.died_at = self._clock.now()

    async def hand_back(self) -> None:
        """Give the task to the next taker as if it had not been taken."""
        await self._end(EntryState.WAITING)

    def tell(self, wishes: tuple[Cancellation, ...]) -> None:
        """Somebody wants the work to stop."""
        self._wishes = wishes
        self._cancelled.set()

    def lose(self) -> None:
        """Take the task away from its holder, without a word from him."""
        self._lost.set()
        self._entry.redeliveries += 1
        self._leave(EntryState.WAITING)

    async def _end(self, state: EntryState) -> None:
        await self.ensure_held()
        self._ended = True
        self._leave(state)

    def _leave(self, state: EntryState) -> None:
        self._entry.state = state
        self._on_end(self)
