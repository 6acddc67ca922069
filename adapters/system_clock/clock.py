"""The operating system's clock behind the `Clock` port."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from application.ports.clock import Clock


class SystemClock(Clock):
    """The time as this machine has it."""

    def now(self) -> datetime:
        """The time in UTC, with its zone."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since the machine started, or some other fixed moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Pause; other tasks of the event loop go on."""
        await asyncio.sleep(seconds)
