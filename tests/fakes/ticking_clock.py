"""A clock that never shows the same time twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from application.ports.clock import Clock

START = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


class TickingClock(Clock):
    """Each look at it is a second after the last; nobody waits."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._seconds = 0.0

    def now(self) -> datetime:
        self._seconds += 1
        return self._start + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        self._seconds += 1
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        self._seconds += seconds
        await asyncio.sleep(0)
