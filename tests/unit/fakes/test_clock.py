"""The clock that tests move."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.fakes.clock import START, FakeClock


async def test_a_sleep_lasts_until_the_clock_has_moved_far_enough() -> None:
    clock = FakeClock()
    sleep = asyncio.create_task(clock.sleep(10))
    await clock.advance(9.5)
    assert (sleep.done(), clock.sleepers) == (False, 1)
    await clock.advance(0.5)
    assert (sleep.done(), clock.sleepers) == (True, 0)


async def test_wakes_sleepers_one_by_one_at_their_time() -> None:
    clock, woken = FakeClock(), list[tuple[str, float]]()

    async def beat(name: str, seconds: float) -> None:
        while True:
            await clock.sleep(seconds)
            woken.append((name, clock.monotonic()))

    beats = [asyncio.create_task(beat("a", 2)), asyncio.create_task(beat("b", 3))]
    await clock.advance(6)
    for task in beats:
        task.cancel()
    assert woken == [("a", 2), ("b", 3), ("a", 4), ("b", 6), ("a", 6)]


async def test_time_of_day_and_stopwatch_move_together() -> None:
    clock = FakeClock()
    await clock.advance(90)
    assert (clock.now(), clock.monotonic()) == (START + timedelta(seconds=90), 90)


async def test_sleeping_can_move_the_clock_itself() -> None:
    clock = FakeClock(sleep_advances=True)
    await clock.sleep(5)
    await clock.sleep(7)
    assert (clock.monotonic(), clock.slept) == (12, [5, 7])
