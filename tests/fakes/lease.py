"""A lease on a task that no queue holds."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from application.ports.task_queue import Lease
from domain.conversation import Spend
from domain.errors import LeaseLost

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from domain.cancellation import Cancellation
    from domain.task import Task


class FakeLease(Lease):
    """Remembers how it ended; `lost_after` effects it is lost, and `troubles` come first when it is to be ended."""

    def __init__(
        self,
        task: Task,
        *,
        lost_after: int | None = None,
        troubles: Iterable[BaseException] = (),
        retries: int = 0,
        redeliveries: int = 1,
    ) -> None:
        self._task = task
        self._effects_left = lost_after
        self._troubles = deque(troubles)
        self._retries = retries
        self._redeliveries = redeliveries
        self.ended = ""

    @property
    def task(self) -> Task:
        return self._task

    @property
    def attempt(self) -> int:
        return 1 + self.retries + self.redeliveries

    @property
    def retries(self) -> int:
        return self._retries

    @property
    def redeliveries(self) -> int:
        return self._redeliveries

    @property
    def spent(self) -> Spend:
        return Spend()

    @property
    def cancelled(self) -> tuple[Cancellation, ...]:
        return ()

    async def wait_cancelled(self) -> tuple[Cancellation, ...]:
        await asyncio.Event().wait()
        raise AssertionError

    async def ensure_held(self) -> None:
        if self._effects_left is None:
            return
        if self._effects_left == 0:
            message = "somebody else holds the task"
            raise LeaseLost(message)
        self._effects_left -= 1

    async def wait_lost(self) -> None:
        await asyncio.Event().wait()

    async def done(self) -> None:
        self._end("done")

    async def retry(self, at: datetime, reason: str, *, spent: Spend | None = None) -> None:
        del spent
        self._end(f"retry at {at}: {reason}")

    async def dead(self, reason: str, *, spent: Spend | None = None) -> None:
        del spent
        self._end(f"dead: {reason}")

    async def hand_back(self) -> None:
        self._end("handed back")

    def _end(self, how: str) -> None:
        if self._troubles:
            raise self._troubles.popleft()
        self.ended = how
