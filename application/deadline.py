"""The moment by which a task must be finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.ports.clock import Clock


class Deadline:
    """So many seconds from now on a clock's stopwatch."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._started = clock.monotonic()
        self._seconds = seconds

    def seconds_used(self) -> float:
        """What has passed."""
        return self._clock.monotonic() - self._started

    def seconds_left(self) -> float:
        """What is left; 0 once it has passed."""
        return max(0.0, self._seconds - self.seconds_used())

    async def pause(self, seconds: float) -> None:
        """Let so much of the time pass."""
        await self._clock.sleep(seconds)
