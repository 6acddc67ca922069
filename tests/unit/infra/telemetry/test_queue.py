from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from adapters.memory.queue import MemoryTaskQueue
from domain.cancellation import Cancellation, CancelReason
from domain.errors import QueueUnavailable
from infra.telemetry.catalogue import QUEUE_CALLS, QUEUE_PAUSED, QUEUE_TASKS, QUEUE_UP
from tests.fakes.clock import FakeClock
from tests.fakes.queue import FakeTaskQueue
from tests.support.stage import Stage
from tests.support.watcher import Watcher

if TYPE_CHECKING:
    from application.ports.queue_admin import QueueStatus

SENT = ("send", "memory", "agent-tasks", "")


class AwayQueue(MemoryTaskQueue):
    """A queue that operators cannot reach."""

    async def status(self) -> QueueStatus:
        message = "the broker does not answer"
        raise QueueUnavailable(message)


async def test_a_task_leaves_with_the_trace_of_its_sending() -> None:
    watcher, queue, stage = Watcher(), FakeTaskQueue(), Stage()
    await watcher.telemetry.queue(queue).publish(stage.task)
    (task,) = queue.published
    context = watcher.spans["send agent-tasks"].context
    assert context is not None
    assert task.traceparent == f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
    assert watcher.told("send agent-tasks")["messaging.message.id"] == task.id


async def test_without_traces_it_leaves_as_it_came() -> None:
    watcher, queue, stage = Watcher(traced=False), FakeTaskQueue(), Stage()
    await watcher.telemetry.queue(queue).publish(stage.task)
    assert queue.published == [stage.task]
    assert watcher.series(QUEUE_CALLS, "_count") == {SENT: 1.0}


async def test_what_the_queue_does_not_take_is_counted_by_its_error() -> None:
    watcher, queue, stage = Watcher(), FakeTaskQueue(), Stage()
    queue.failure = QueueUnavailable("away")
    watched = watcher.telemetry.queue(queue)
    wish = Cancellation("maria", stage.clock.now(), CancelReason.CLOSED)
    for call in (watched.publish(stage.task), watched.cancel(stage.issue, wish)):
        with pytest.raises(QueueUnavailable):
            await call
    found = {labels for labels, count in watcher.series(QUEUE_CALLS, "_count").items() if count}
    assert found == {(*SENT[:3], "QueueUnavailable"), ("cancel", *SENT[1:3], "QueueUnavailable")}


async def test_how_full_the_queue_is_is_asked_when_somebody_reads() -> None:
    watcher, stage = Watcher(), Stage()
    async with watcher.telemetry.telling(stage.queue):
        await stage.queue.publish(stage.task)
        await watcher.telemetry.page()
        series = await asyncio.to_thread(watcher.series, QUEUE_TASKS)
        paused = await asyncio.to_thread(watcher.series, QUEUE_PAUSED)
    assert series == {("due",): 1.0, ("delayed",): 0.0, ("held",): 0.0, ("dead",): 0.0}
    assert paused == {(): 0.0}


async def test_a_queue_that_does_not_answer_is_down_and_nothing_else_is_told_of_it() -> None:
    watcher = Watcher()
    async with watcher.telemetry.telling(AwayQueue(FakeClock())):
        up = await asyncio.to_thread(watcher.series, QUEUE_UP)
        tasks = await asyncio.to_thread(watcher.series, QUEUE_TASKS)
    assert (up, tasks) == ({(): 0.0}, {})


async def test_once_nobody_tells_any_more_the_queue_is_left_alone() -> None:
    watcher, stage = Watcher(), Stage()
    with suppress(ZeroDivisionError):
        async with watcher.telemetry.telling(stage.queue):
            raise ZeroDivisionError
    assert watcher.series(QUEUE_UP) == {}
