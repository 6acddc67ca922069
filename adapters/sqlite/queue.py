"""The durable queue in one SQLite file."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.sqlite.lease import SqliteLease, Timing
from adapters.sqlite.outbox import Outbox
from adapters.sqlite.rows import Hold, NewRow, issue_text
from adapters.sqlite.thread import StoreThread
from application.ports.queue_admin import DeadLetter, QueueAdmin
from application.ports.task_queue import TaskQueue
from domain.errors import InvalidInput, NotFound, QueueUnavailable
from domain.task import Attempt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from adapters.sqlite.rows import DeadRow, HeldRow
    from application.ports.clock import Clock
    from application.ports.queue_admin import QueueStatus
    from application.ports.task_codec import TaskCodec
    from application.ports.task_queue import Lease
    from domain.cancellation import Cancellation
    from domain.issue import IssueKey
    from domain.task import Task

_LOOK_SECONDS = 0.5
"""How often a holder looks for a cancellation; one from this very queue is told at once."""


class SqliteTaskQueue(TaskQueue, QueueAdmin):
    """Tasks in a file that any number of processes of one machine share. It survives the death of each at any moment.

    The file is opened by the first call, and made where there is none. `owner` says in the file who holds a task.
    `lease_seconds`: a holder that gave no sign of life for so long has lost its task. `poll_seconds`: how soon a taker
    notices what another process did; within one queue it is at once. `busy_seconds`: how long a call waits while
    others write. `remember_seconds`: how long the id of a task that is done keeps it from being taken again.

    Besides `QueueUnavailable`, every method raises `InvalidInput` for a path that cannot be a queue's file.
    """

    def __init__(
        self,
        path: Path,
        codec: TaskCodec,
        clock: Clock,
        *,
        owner: str,
        lease_seconds: float = 30.0,
        poll_seconds: float = 0.2,
        busy_seconds: float = 5.0,
        remember_seconds: float = 7 * 24 * 3600.0,
    ) -> None:
        self._codec = codec
        self._clock = clock
        self._owner = owner
        self._poll_seconds = poll_seconds
        self._timing = Timing(lease_seconds, min(_LOOK_SECONDS, lease_seconds / 6), remember_seconds)
        self._thread = StoreThread(path, busy_seconds=busy_seconds)
        self._outbox = Outbox(self._thread)
        self._leases: set[SqliteLease] = set()
        self._takers: set[asyncio.Event] = set()
        self._claiming = asyncio.Lock()
        self._closing = False
        self._ended = asyncio.Event()

    async def publish(self, task: Task, not_before: datetime | None = None) -> None:
        """Return once the task is on the disk; one whose id is in the file already is dropped."""
        due = self._now() if not_before is None else not_before.timestamp()
        row = NewRow(task.id, issue_text(task.issue), due, self._codec.encode(task))
        await self._outbox.put(row)
        self._wake_takers()

    async def take(self) -> Lease:
        """Wait for a task that is due and about an issue that nobody works on, and hold it.

        A task whose bytes cannot be read is set aside with the reason, and the next one is taken.
        """
        woken = asyncio.Event()
        self._takers.add(woken)
        try:
            while (lease := await self._try_to_take()) is None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_seconds):
                        await woken.wait()
                woken.clear()
        finally:
            self._takers.discard(woken)
        return lease

    async def take_given_up(self) -> Lease:
        """Wait in vain: no task is given up here."""
        await self._ended.wait()
        message = "the queue is closed"
        raise QueueUnavailable(message)

    async def cancel(self, issue: IssueKey, cancellation: Cancellation) -> None:
        """Ask that all tasks about an issue stop that are published now."""
        now = self._now()
        await self._thread.run(lambda store: store.cancel(issue_text(issue), cancellation, now))
        self._wake_takers()
        for lease in tuple(self._leases):
            await lease.look()

    async def set_up(self) -> None:
        """Make the file where there is none."""
        await self.check()

    async def check(self) -> None:
        """Open the file; raises `InvalidInput` for a path that cannot be a queue's."""
        try:
            await self.status()
        except InvalidInput as error:
            message = f"SQLITE_PATH: {error}"
            raise InvalidInput(message) from None

    async def try_publishing(self) -> None:
        """Have the file for writing for a moment."""
        await self._thread.run(lambda store: store.publish([]))

    async def status(self) -> QueueStatus:
        """How many tasks there are now."""
        now = self._now()
        return await self._thread.run(lambda store: store.counts(now))

    async def knows(self, task_id: str) -> bool:
        """Whether the id is in the file."""
        return await self._thread.run(lambda store: store.knows(task_id))

    async def dead(self) -> Sequence[DeadLetter]:
        """The tasks that were set aside, the longest dead first."""
        return [self._letter(row) for row in await self._thread.run(lambda store: store.dead())]

    async def redrive(self, task_id: str) -> None:
        """Put a dead task back, as if it had been published now."""
        rows = {row.id: row for row in await self._thread.run(lambda store: store.dead())}
        if task_id not in rows or not await self._redriven(rows[task_id]):
            raise _no_dead_task(task_id)

    async def redrive_all(self) -> int:
        """Put every dead task back likewise."""
        rows = await self._thread.run(lambda store: store.dead())
        return sum([await self._redriven(row) for row in rows])

    async def drop(self, task_id: str) -> None:
        """Forget a dead task, all but its id."""
        now = self._now()
        if not await self._thread.run(lambda store: store.drop(task_id, now)):
            raise _no_dead_task(task_id)

    async def purge(self) -> int:
        """Throw away all tasks that wait, all but their ids."""
        now = self._now()
        return await self._thread.run(lambda store: store.purge(now))

    async def pause(self, by: str) -> None:
        """Let `take` deliver nothing, in any process, until `resume`."""
        now = self._now()
        await self._thread.run(lambda store: store.pause(by, now))

    async def resume(self) -> None:
        """Let tasks be delivered again."""
        await self._thread.run(lambda store: store.resume())
        self._wake_takers()

    async def close(self) -> None:
        """Let go of the file. A lease that has not ended is lost, and its task delivered again when its time is up."""
        self._closing = True
        self._ended.set()
        async with self._claiming:  # a taker that is at the file just now gives back what it gets there
            pass
        for lease in tuple(self._leases):
            lease.abandon()
        await self._thread.close()
        self._wake_takers()

    async def _try_to_take(self) -> SqliteLease | None:
        """The next task that can be read, held; None where there is none now.

        The token is chosen before the file is asked, so that whatever the asking comes to can be undone by it.
        """
        async with self._claiming:
            while True:
                token, asked_at, now = uuid.uuid4().hex, self._clock.monotonic(), self._now()
                row = await self._claim(Hold(token, self._owner, now + self._timing.lease), now)
                if row is None:
                    return None
                if (task := await self._readable(row, token)) is not None:
                    return self._lease(row, task, token, asked_at)

    async def _claim(self, hold: Hold, now: float) -> HeldRow | None:
        try:
            row = await self._thread.run(lambda store: store.claim(hold, now))
        except asyncio.CancelledError:
            self._thread.run_later(lambda store: store.hand_back(hold.token))
            raise
        if row is not None and self._closing:
            self._thread.run_later(lambda store: store.hand_back(hold.token))
            return None
        return row

    async def _readable(self, row: HeldRow, token: str) -> Task | None:
        """The task in the row; None after it was set aside because there is none."""
        try:
            return self._codec.decode(row.payload)
        except InvalidInput as error:
            now, reason = self._now(), str(error)
            await self._thread.run(lambda store: store.bury(row.id, token, now, reason, row.spent))
            return None

    def _lease(self, row: HeldRow, task: Task, token: str, proven_at: float) -> SqliteLease:
        lease = SqliteLease(
            row,
            task,
            token,
            thread=self._thread,
            codec=self._codec,
            clock=self._clock,
            timing=self._timing,
            proven_at=proven_at,
            on_end=self._forget,
        )
        self._leases.add(lease)
        return lease

    def _forget(self, lease: SqliteLease) -> None:
        self._leases.discard(lease)
        self._wake_takers()

    async def _redriven(self, row: DeadRow) -> bool:
        payload, now = self._payload_after_death(row), self._now()
        redriven = await self._thread.run(lambda store: store.redrive(row.id, payload, now))
        self._wake_takers()
        return redriven

    def _letter(self, row: DeadRow) -> DeadLetter:
        try:
            task = self._codec.decode(row.payload)
        except InvalidInput:
            return DeadLetter(row.id, None, row.reason, row.died_at, row.attempt, row.payload, row.spent)
        return DeadLetter(row.id, task, row.reason, row.died_at, row.attempt, spent=row.spent)

    def _payload_after_death(self, row: DeadRow) -> bytes:
        """The task with its death in its history; bytes that are no task stay as they are, for another release."""
        task = self._letter(row).task
        if task is None:
            return row.payload
        return self._codec.encode(replace(task, history=(*task.history, Attempt(row.died_at, row.reason))))

    def _wake_takers(self) -> None:
        for woken in self._takers:
            woken.set()

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _no_dead_task(task_id: str) -> NotFound:
    return NotFound(f"no dead task has the id {task_id}")
