"""The task queue as a dictionary."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from adapters.memory.entry import Entry, EntryState
from adapters.memory.lease import MemoryLease
from application.ports.queue_admin import DeadLetter, Pause, QueueAdmin, QueueStatus
from application.ports.task_queue import TaskQueue
from domain.cancellation import joined
from domain.errors import NotFound, QueueUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from application.ports.clock import Clock
    from application.ports.task_queue import Lease
    from domain.cancellation import Cancellation
    from domain.issue import IssueKey
    from domain.task import Task

_LOOK_SECONDS = 0.01
"""How often a taker looks whether a task has become due; what is published meanwhile wakes it at once."""


class MemoryTaskQueue(TaskQueue, QueueAdmin):
    """Tasks of one event loop; all is forgotten with the object."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[str, Entry] = {}
        self._leases: dict[str, MemoryLease] = {}
        self._takers: set[asyncio.Event] = set()
        self._pause: Pause | None = None
        self._closed = False
        self._ended = asyncio.Event()

    async def publish(self, task: Task, not_before: datetime | None = None) -> None:
        """Keep the task; one whose id was published before is dropped."""
        self._check_open()
        self._entries.setdefault(task.id, Entry(task, not_before or self._clock.now()))
        self._wake_takers()

    async def take(self) -> Lease:
        """Wait for a task that is due and about an issue that nobody works on, and hold it."""
        woken = asyncio.Event()
        self._takers.add(woken)
        try:
            while (entry := self._next()) is None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_SECONDS):
                        await woken.wait()
                woken.clear()
        finally:
            self._takers.discard(woken)
        return self._hold(entry)

    async def take_given_up(self) -> Lease:
        """Wait in vain: no task is given up here."""
        await self._ended.wait()
        message = "the queue is closed"
        raise QueueUnavailable(message)

    async def cancel(self, issue: IssueKey, cancellation: Cancellation) -> None:
        """Ask that all tasks about an issue stop that are published now."""
        self._check_open()
        for entry in self._entries.values():
            alive = entry.state in {EntryState.WAITING, EntryState.HELD}
            if alive and entry.task.issue == issue:
                self._cancel(entry, cancellation)
        self._wake_takers()

    async def set_up(self) -> None:
        """There is nothing to make."""

    async def check(self) -> None:
        """There is nothing that could differ."""

    async def try_publishing(self) -> None:
        """A queue that is open keeps what comes."""
        self._check_open()

    async def status(self) -> QueueStatus:
        """How many tasks there are now."""
        self._check_open()
        now = self._clock.now()
        due = sum(entry.is_due(now) for entry in self._entries.values())
        waiting = len(self._in_state(EntryState.WAITING))
        return QueueStatus(
            due=due,
            delayed=waiting - due,
            held=len(self._in_state(EntryState.HELD)),
            dead=len(self._in_state(EntryState.DEAD)),
            paused=self._pause,
            consumers=len(self._takers) + len(self._leases),
        )

    async def knows(self, task_id: str) -> bool:
        """Whether a task of this id was published."""
        self._check_open()
        return task_id in self._entries

    async def dead(self) -> Sequence[DeadLetter]:
        """The tasks that were set aside, the longest dead first."""
        self._check_open()
        letters = [
            DeadLetter(entry.task.id, entry.task, entry.reason, entry.died_at, entry.attempt, spent=entry.spent)
            for entry in self._in_state(EntryState.DEAD)
            if entry.died_at is not None
        ]
        return sorted(letters, key=lambda letter: letter.died_at)

    async def redrive(self, task_id: str) -> None:
        """Put a dead task back, as if it had been published now."""
        self._redrive(self._dead_entry(task_id))

    async def redrive_all(self) -> int:
        """Put every dead task back likewise."""
        dead = [self._dead_entry(letter.task_id) for letter in await self.dead()]
        for entry in dead:
            self._redrive(entry)
        return len(dead)

    async def drop(self, task_id: str) -> None:
        """Forget a dead task, all but its id."""
        self._dead_entry(task_id).state = EntryState.DONE

    async def purge(self) -> int:
        """Throw away all tasks that wait, all but their ids."""
        self._check_open()
        waiting = self._in_state(EntryState.WAITING)
        for entry in waiting:
            entry.state = EntryState.DONE
        return len(waiting)

    async def pause(self, by: str) -> None:
        """Let `take` deliver nothing until `resume`."""
        self._check_open()
        self._pause = self._pause or Pause(by, self._clock.now())

    async def resume(self) -> None:
        """Let tasks be delivered again."""
        self._check_open()
        self._pause = None
        self._wake_takers()

    async def close(self) -> None:
        """Take no more calls; the leases that have not ended are lost."""
        self._closed = True
        self._ended.set()
        self.break_leases()

    def break_leases(self) -> None:
        """Take every task away from its holder, as if the holder had died: each is delivered again."""
        for lease in tuple(self._leases.values()):
            lease.lose()
        self._wake_takers()

    def _next(self) -> Entry | None:
        self._check_open()
        if self._pause:
            return None
        now = self._clock.now()
        busy = {entry.task.issue for entry in self._in_state(EntryState.HELD)}
        ready = (entry for entry in self._entries.values() if entry.is_due(now) and entry.task.issue not in busy)
        return next(ready, None)

    def _hold(self, entry: Entry) -> MemoryLease:
        entry.state = EntryState.HELD
        lease = MemoryLease(entry, self._clock, self._forget)
        self._leases[entry.task.id] = lease
        return lease

    def _cancel(self, entry: Entry, cancellation: Cancellation) -> None:
        entry.wishes = joined(entry.wishes, cancellation)
        entry.due = min(entry.due, self._clock.now())
        if entry.task.id in self._leases:
            self._leases[entry.task.id].tell(entry.wishes)

    def _dead_entry(self, task_id: str) -> Entry:
        self._check_open()
        entry = self._entries.get(task_id)
        if entry is None or entry.state is not EntryState.DEAD:
            message = f"no dead task has the id {task_id}"
            raise NotFound(message)
        return entry

    def _redrive(self, entry: Entry) -> None:
        entry.remember(entry.died_at or self._clock.now(), entry.reason)
        self._entries[entry.task.id] = Entry(entry.task, self._clock.now(), spent=entry.spent)
        self._wake_takers()

    def _in_state(self, state: EntryState) -> list[Entry]:
        return [entry for entry in self._entries.values() if entry.state is state]

    def _forget(self, lease: MemoryLease) -> None:
        del self._leases[lease.task.id]
        self._wake_takers()

    def _check_open(self) -> None:
        if self._closed:
            message = "the queue is closed"
            raise QueueUnavailable(message)

    def _wake_takers(self) -> None:
        for woken in self._takers:
            woken.set()
