from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.memory.lease import MemoryLease
from adapters.memory.queue import MemoryTaskQueue
from domain.errors import QueueUnavailable
from entrypoints.worker.worker import Worker
from tests.fakes.clock import FakeClock
from tests.fakes.model import FakeModel
from tests.support.stage import FIX, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from application.ports.task_queue import Lease


@pytest.fixture
async def busy() -> AsyncIterator[tuple[Stage, Worker, asyncio.Task[int]]]:
    """A worker in the middle of a model's long answer; it has no grace."""
    stage = Stage(model=FakeModel(FIX, FIX, pause_seconds=30.0))
    await stage.queue.publish(stage.task)
    worker = Worker(stage.queue, stage.run_task(), grace_seconds=0.0)
    working = asyncio.create_task(worker.work())
    async with asyncio.timeout(5):
        while not stage.model.asked:  # noqa: ASYNC110 - the model tells nobody
            await asyncio.sleep(0)
    yield stage, worker, working
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def test_works_on_one_task_and_stops_when_asked_for_one() -> None:
    stage = Stage(FIX)
    await stage.queue.publish(stage.task)
    worker = Worker(stage.queue, stage.run_task(), grace_seconds=1.0)
    assert await worker.work(once=True) == 1
    assert len(stage.pull_requests()) == 1


async def test_stops_when_no_task_comes_within_its_patience() -> None:
    stage = Stage()
    worker = Worker(stage.queue, stage.run_task(), grace_seconds=1.0)
    assert await worker.work(once=True, patience_seconds=0.01) == 0


async def test_told_to_stop_while_idle_it_takes_nothing_more() -> None:
    stage = Stage(FIX)
    worker = Worker(stage.queue, stage.run_task(), grace_seconds=1.0)
    working = asyncio.create_task(worker.work())
    await asyncio.sleep(0.01)
    worker.stop()
    assert await asyncio.wait_for(working, 5) == 0
    await stage.queue.publish(stage.task)
    assert (await stage.queue.status()).due == 1


async def test_out_of_grace_it_hands_the_task_back_uncounted(
    busy: tuple[Stage, Worker, asyncio.Task[int]],
) -> None:
    stage, worker, working = busy
    worker.stop()
    await asyncio.wait_for(working, 5)
    assert (await stage.queue.take()).attempt == 1
    assert stage.git.open_workspaces == 0


async def test_cancelled_it_hands_the_task_back_at_once(busy: tuple[Stage, Worker, asyncio.Task[int]]) -> None:
    stage, _, working = busy
    working.cancel()
    with capture_logs() as lines, pytest.raises(asyncio.CancelledError):
        await working
    assert (await stage.queue.take()).attempt == 1
    assert [line["task"] for line in lines if line["event"] == "handing_back"] == [stage.task.id[:12]]


class _AwayOnce(MemoryTaskQueue):
    """Cannot be reached the first time."""

    asked = 0

    async def take(self) -> Lease:
        self.asked += 1
        if self.asked == 1:
            message = "the queue is away"
            raise QueueUnavailable(message)
        return await super().take()


async def test_a_queue_that_is_away_is_tried_again() -> None:
    stage = Stage(FIX)
    stage.queue = queue = _AwayOnce(stage.clock)
    await queue.publish(stage.task)
    worker = Worker(queue, stage.run_task(), grace_seconds=1.0)
    assert await worker.work(once=True) == 1
    assert queue.asked == 2
    assert len(stage.pull_requests()) == 1


class _Grudging(MemoryLease):
    """Its end cannot be told to the queue the first time."""

    asked = 0

    async def done(self) -> None:
        self.asked += 1
        if self.asked == 1:
            message = "the queue is away"
            raise QueueUnavailable(message)
        await super().done()


class _GrudgingQueue(MemoryTaskQueue):
    """Gives leases that are hard to settle."""

    async def take(self) -> Lease:
        lease = await super().take()
        lease.__class__ = _Grudging
        return lease


async def test_an_end_that_the_queue_cannot_take_now_is_told_to_it_later() -> None:
    stage = Stage(FIX)
    stage.clock = FakeClock(sleep_advances=True)
    stage.queue = _GrudgingQueue(stage.clock)
    await stage.queue.publish(stage.task)
    worker = Worker(stage.queue, stage.run_task(), grace_seconds=1.0)
    assert await worker.work(once=True) == 1
    assert (await stage.queue.status()).held == 0


async def test_cancelled_in_the_moment_of_taking_it_hands_the_task_back() -> None:
    stage = Stage(FIX)
    stage.queue = queue = _Cancelling(stage.clock)
    await queue.publish(stage.task)
    queue.worker = asyncio.create_task(Worker(queue, stage.run_task(), grace_seconds=1.0).work())
    with pytest.raises(asyncio.CancelledError):
        await queue.worker
    assert (await queue.status()).held == 0


class _Cancelling(MemoryTaskQueue):
    """Whoever takes is cancelled just when the task is taken."""

    worker: asyncio.Task[int]

    async def take(self) -> Lease:
        lease = await super().take()
        self.worker.cancel()
        return lease
