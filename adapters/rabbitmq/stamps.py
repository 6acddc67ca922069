"""An order among what one process publishes, on the wall clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.rabbitmq.headers import microseconds

if TYPE_CHECKING:
    from application.ports.clock import Clock


class Stamps:
    """Microseconds since 1970, each larger than the one before even where the clock stands still."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        """A new one."""
        self._last = max(self._last + 1, microseconds(self._clock.now()))
        return self._last
