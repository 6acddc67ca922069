"""A clock that a test moves."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta

from application.ports.clock import Clock

START = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


class FakeClock(Clock):
    """Time stands still until the test moves it.

    By default `sleep` waits until `advance` has moved the clock far enough. With `sleep_advances` nobody waits: a
    sleep moves the clock itself. `slept` lists the pauses that were asked for.
    """

    def __init__(self, start: datetime = START, *, sleep_advances: bool = False) -> None:
        self._start = start
        self._elapsed = 0.0
        self._sleep_advances = sleep_advances
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    @property
    def sleepers(self) -> int:
        """How many pauses are still waiting for the clock to move."""
        return sum(not woken.done() for _, _, woken in self._sleepers)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self._sleep_advances or seconds <= 0:
            self._elapsed += max(seconds, 0)
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Move the clock, waking sleepers one by one at their time; what they start at once is done on return."""
        await _let_others_run()
        target = self._elapsed + seconds
        while self._sleepers and self._sleepers[0][0] <= target:
            self._elapsed, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
                await _let_others_run()
        self._elapsed = target
        await _let_others_run()


async def _let_others_run() -> None:
    for _ in range(20):
        await asyncio.sleep(0)
