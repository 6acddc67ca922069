"""The hold on a task that lies in the queue's file."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from application.ports.task_queue import Lease
from domain.errors import AgentError, LeaseLost
from domain.task import Attempt

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.sqlite.rows import HeldRow, Standing
    from adapters.sqlite.store import Store
    from adapters.sqlite.thread import StoreThread
    from application.ports.clock import Clock
    from application.ports.task_codec import TaskCodec
    from domain.cancellation import Cancellation
    from domain.conversation import Spend
    from domain.task import Task


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: how long a hold lasts without a sign of life, how often it is looked at, what is remembered as done."""

    lease: float
    look: float
    remember: float


class _State(Enum):
    HELD = auto()
    ENDING = auto()
    ENDED = auto()
    LOST = auto()


class SqliteLease(Lease):
    """A task held by a token.

    While it lasts two coroutines run: one looks at the file every `timing.look` seconds, renews the hold when a third
    of its time has passed, and notices a cancellation; the other gives the lease up once nothing has proved it for
    `timing.lease` seconds, whatever keeps the first one waiting.
    """

    def __init__(  # noqa: PLR0913 - the queue hands over what it was made from
        self,
        row: HeldRow,
        task: Task,
        token: str,
        *,
        thread: StoreThread,
        codec: TaskCodec,
        clock: Clock,
        timing: Timing,
        proven_at: float,
        on_end: Callable[[SqliteLease], None],
    ) -> None:
        self._row = row
        self._task = task
        self._token = token
        self._thread = thread
        self._codec = codec
        self._clock = clock
        self._timing = timing
        self._proven_at = proven_at
        self._on_end = on_end
        self._state = _State.HELD
        self._wishes = row.wishes
        self._cancelled = asyncio.Event()
        self._lost = asyncio.Event()
        self._note(row.wishes)
        self._watches = (asyncio.create_task(self._keep()), asyncio.create_task(self._expire()))

    @property
    def task(self) -> Task:
        """The task, its history complete."""
        return self._task

    @property
    def attempt(self) -> int:
        """Which attempt this is, from 1."""
        return 1 + self._row.retries + self._row.redeliveries

    @property
    def retries(self) -> int:
        """How often an attempt asked to be tried again."""
        return self._row.retries

    @property
    def redeliveries(self) -> int:
        """How often an attempt ended without a word."""
        return self._row.redeliveries

    @property
    def spent(self) -> Spend:
        """What the task had cost when it was taken."""
        return self._row.spent

    @property
    def cancelled(self) -> tuple[Cancellation, ...]:
        """The wishes that the work stop, as of the last look."""
        return self._wishes

    async def wait_cancelled(self) -> tuple[Cancellation, ...]:
        """Return once a person asks for the work to stop."""
        while not self._wishes:
            await self._cancelled.wait()
        return self._wishes

    async def ensure_held(self) -> None:
        """Ask the file, and renew the hold: the effect that follows has the whole of the lease's time.

        Raises `QueueUnavailable` where the file cannot be asked.
        """
        self._check_state()
        await self._renew()
        self._check_state()

    async def wait_lost(self) -> None:
        """Return once the lease is known to be lost."""
        await self._lost.wait()

    async def done(self) -> None:
        """The task is finished; its id is remembered for a while."""
        now = self._now()
        await self._end(lambda store: store.finish(self._row.id, self._token, now, now - self._timing.remember))

    async def retry(self, at: datetime, reason: str, *, spent: Spend | None = None) -> None:
        """Deliver the task again, not before `at` (UTC); `reason` joins its history."""
        attempt = Attempt(self._clock.now(), reason)
        payload = self._codec.encode(replace(self._task, history=(*self._task.history, attempt)))
        due, cost = at.timestamp(), spent or self.spent
        await self._end(lambda store: store.retry(self._row.id, self._token, due, payload, cost))

    async def dead(self, reason: str, *, spent: Spend | None = None) -> None:
        """Set the task aside with its history."""
        now, cost = self._now(), spent or self.spent
        await self._end(lambda store: store.bury(self._row.id, self._token, now, reason, cost))

    async def hand_back(self) -> None:
        """Give the task to the next taker as if it had not been taken."""
        await self._end(lambda store: store.hand_back(self._token))

    async def look(self) -> None:
        """See at once how the hold stands, rather than at the next turn."""
        standing = await self._thread.run(lambda store: store.look(self._row.id, self._token))
        self._accept(standing)

    def abandon(self) -> None:
        """Give the lease up without a word to the file; it is for the queue that closes."""
        self._leave(_State.LOST)

    async def _keep(self) -> None:
        while True:
            await self._clock.sleep(self._timing.look)
            try:
                await (self._renew() if self._age() >= self._timing.lease / 3 else self.look())
            except AgentError:
                continue  # `_expire` decides how long that may go on

    async def _expire(self) -> None:
        while (left := self._timing.lease - self._age()) > 0:
            await self._clock.sleep(left)
        self._leave(_State.LOST)

    async def _renew(self) -> None:
        """Prove the hold, counted from before the asking, for that is where the file counts from."""
        asked_at, expires = self._clock.monotonic(), self._now() + self._timing.lease
        standing = await self._thread.run(lambda store: store.renew(self._row.id, self._token, expires))
        self._proven_at = asked_at if standing else self._proven_at
        self._accept(standing)

    def _accept(self, standing: Standing | None) -> None:
        if standing is None and self._state is _State.HELD:
            self._leave(_State.LOST)
        elif standing is not None:
            self._note(standing.wishes)

    def _note(self, wishes: tuple[Cancellation, ...]) -> None:
        self._wishes = wishes
        if wishes:
            self._cancelled.set()

    async def _end(self, transition: Callable[[Store], bool]) -> None:
        """Do the one transition that ends the lease; where the file cannot be reached, it is still held."""
        self._check_state()
        self._state = _State.ENDING
        try:
            ended = await self._thread.run(transition)
        except AgentError:
            self._state = _State.HELD
            raise
        except asyncio.CancelledError:
            self._leave(_State.ENDED)  # the thread does it all the same
            raise
        self._leave(_State.ENDED if ended else _State.LOST)
        if not ended:
            self._check_state()

    def _check_state(self) -> None:
        if self._state is _State.HELD and self._age() >= self._timing.lease:
            self._leave(_State.LOST)
        if self._state is not _State.HELD:
            what = "lost" if self._state is _State.LOST else "ended already"
            message = f"the lease on task {self._task.id} ({self._task.issue}) is {what}"
            raise LeaseLost(message)

    def _leave(self, state: _State) -> None:
        if self._state in {_State.ENDED, _State.LOST}:
            return
        self._state = state
        for watch in self._watches:
            watch.cancel()
        if state is _State.LOST:
            self._lost.set()
        self._on_end(self)

    def _age(self) -> float:
        """Seconds since the hold was last proved."""
        return self._clock.monotonic() - self._proven_at

    def _now(self) -> float:
        return self._clock.now().timestamp()
