"""Looking at the forge again and again."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.errors import ForgeUnavailable, NotFound
from entrypoints.worker.lookout import Lookout
from tests.support.watch import Watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from application.use_cases.reconcile import Reconciled


@asynccontextmanager
async def watching(watch: Watch, *, every: float = 30.0) -> AsyncIterator[Watch]:
    """The loop runs, and has looked once."""
    loop = asyncio.create_task(Lookout(watch.reconcile, watch.clock, every_seconds=every).watch())
    await watch.clock.advance(0)
    yield watch
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


def looks(watch: Watch) -> int:
    return watch.forge.calls.count("find_repository")


async def test_looks_at_once_and_then_at_its_pace() -> None:
    async with watching(Watch()) as watch:
        assert looks(watch) == 1
        await watch.clock.advance(90)
        assert looks(watch) == 4


async def test_whoever_wants_to_know_hears_of_each_look() -> None:
    watch = Watch()
    heard: list[Reconciled] = []
    lookout = Lookout(watch.reconcile, watch.clock, every_seconds=30.0, told=heard.append)
    loop = asyncio.create_task(lookout.watch())
    await watch.clock.advance(30)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    assert [result.repositories for result in heard] == [["acme/shop"]] * 2


async def test_queues_what_comes_up_between_two_looks() -> None:
    async with watching(Watch()) as watch:
        issue = await watch.labelled()
        await watch.clock.advance(30)
        assert (await watch.taken()).issue == issue


async def test_looks_more_rarely_while_the_forge_is_away_and_recovers() -> None:
    async with watching(Watch()) as watch:
        for call in (2, 3):
            watch.forge.fail("find_repository", ForgeUnavailable("away"), call=call)
        await watch.clock.advance(30 + 60 + 120)
        assert watch.clock.slept == [30, 60, 120, 30]


async def test_never_pauses_longer_than_a_quarter_of_an_hour_by_itself() -> None:
    watch = Watch()
    for call in range(1, 9):
        watch.forge.fail("find_repository", ForgeUnavailable("away"), call=call)
    async with watching(watch, every=200):
        await watch.clock.advance(4000)
        assert max(watch.clock.slept) == 900


async def test_leaves_the_forge_alone_as_long_as_it_asks() -> None:
    watch = Watch()
    watch.forge.fail("open_issues", ForgeUnavailable("rate limit", retry_after=timedelta(hours=1)))
    async with watching(watch):
        await watch.clock.advance(3599)
        assert looks(watch) == 1
        await watch.clock.advance(1)
        assert looks(watch) == 2


async def test_a_repository_that_is_gone_slows_nothing_down() -> None:
    watch = Watch()
    watch.forge.fail("find_repository", NotFound("gone"))
    async with watching(watch):
        assert watch.clock.slept == [30]


async def test_a_queue_that_is_away_is_waited_for() -> None:
    watch = Watch()
    await watch.labelled()
    watch.queue.troubles = 1
    async with watching(watch):
        assert watch.clock.slept[-1] == 60
        await watch.clock.advance(60)
        assert (await watch.queue.status()).due == 1
