"""The operating system's clock."""

from __future__ import annotations

from datetime import UTC, datetime

from adapters.system_clock.clock import SystemClock


def test_tells_the_time_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


async def test_sleeps_at_least_as_long_as_asked() -> None:
    clock = SystemClock()
    started = clock.monotonic()
    await clock.sleep(0.01)
    assert clock.monotonic() - started >= 0.009
