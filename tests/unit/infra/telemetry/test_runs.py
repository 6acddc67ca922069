"""Attempts at tasks, watched, with the whole of the application in memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from domain.errors import ModelUnavailable
from domain.task import Mode
from infra.handlers import all_handlers
from infra.telemetry.catalogue import ATTEMPTS, CONSUMED, QUEUE_TIME, REDELIVERIES, TASKS
from infra.telemetry.queue import TracedQueue
from tests.fakes.lease import FakeLease
from tests.fakes.model import FakeModel
from tests.support.stage import FIX, MISFIT, NOTHING, Stage
from tests.support.watcher import Watcher

if TYPE_CHECKING:
    from application.handlers import Handlers
    from application.task_runner import TaskRunner
    from domain.conversation import Reply
    from domain.errors import AgentError

QUEUE = ("process", "memory", "agent-tasks")


class WatchedStage(Stage):
    """The stage, looked on at."""

    def __init__(self, *answers: str | Reply | AgentError, model: FakeModel | None = None) -> None:
        self.watcher = Watcher()
        super().__init__(*answers, model=model)

    def handlers(self) -> Handlers:
        watching = self.watcher.telemetry
        return all_handlers(self.write_change(), self.draft_plan(), self.approval_rules, Mode.QUICKFIX, watching)

    def runner(self) -> TaskRunner:
        return self.watcher.telemetry.runner(self.run_task(), self.clock)

    async def watched(self) -> None:
        queue = self.watcher.telemetry.queue(self.queue)
        await queue.publish(self.task)
        await self.runner().run(await queue.take())


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([FIX], "done"),
        ([NOTHING], "nothing_to_do"),
        ([MISFIT] * 3, "refused"),
        ([ModelUnavailable("not now")], "retry_at"),
    ],
)
async def test_an_attempt_is_told_by_what_was_done_and_how_it_ended(
    answers: list[str | AgentError], outcome: str
) -> None:
    stage = WatchedStage(*answers)
    await stage.watched()
    assert stage.watcher.series(TASKS, "_count") == {(*QUEUE, "fix", outcome): 1.0}
    assert stage.watcher.series(ATTEMPTS, "_total")["fix", outcome] == 1.0
    assert stage.watcher.told("process agent-tasks")["coding_agent.task.outcome"] == outcome


async def test_every_end_that_an_attempt_may_have_is_counted_from_nought() -> None:
    stage = WatchedStage(FIX)
    stage.runner()
    before = stage.watcher.series(ATTEMPTS, "_total")
    assert set(before.values()) == {0.0}
    await stage.runner().run(FakeLease(stage.task))
    after = stage.watcher.series(ATTEMPTS, "_total")
    assert (after.keys(), sum(after.values())) == (before.keys(), 1.0)
    assert stage.watcher.series(CONSUMED, "_total") == {("take", "memory", "agent-tasks"): 0.0}


async def test_the_work_is_part_of_the_trace_that_the_task_was_sent_in() -> None:
    stage = WatchedStage(FIX)
    await stage.watched()
    spans = stage.watcher.spans
    sent, done = spans["send agent-tasks"], spans["process agent-tasks"]
    assert (done.parent and done.parent.span_id) == (sent.context and sent.context.span_id)
    assert [link.context.span_id for link in done.links] == [sent.context and sent.context.span_id]


async def test_a_trace_that_is_none_begins_a_new_one() -> None:
    stage = WatchedStage(FIX)
    lease = FakeLease(replace(stage.task, traceparent="00-nonsense"))
    await stage.runner().run(lease)
    assert stage.watcher.spans["process agent-tasks"].parent is None


async def test_the_wait_counts_once_and_a_death_each_time() -> None:
    stage = WatchedStage(FIX, FIX)
    await stage.clock.advance(90)
    await stage.runner().run(FakeLease(stage.task, redeliveries=0))
    await stage.runner().run(FakeLease(stage.task, redeliveries=2))
    assert stage.watcher.series(QUEUE_TIME, "_sum") == {(): 90.0}
    assert stage.watcher.series(REDELIVERIES, "_total") == {(): 1.0}


async def test_an_attempt_that_is_stopped_is_told_as_that() -> None:
    stage = WatchedStage(model=FakeModel(FIX, hold_after=10))
    work = asyncio.create_task(stage.watched())
    await stage.model.holding.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert stage.watcher.series(TASKS, "_count") == {(*QUEUE, "fix", "stopped"): 1.0}


async def test_what_is_taken_is_counted_and_operators_see_the_queue_as_before() -> None:
    stage = WatchedStage(FIX)
    queue = stage.watcher.telemetry.queue(stage.queue)
    assert isinstance(queue, TracedQueue)
    await queue.publish(stage.task)
    await queue.take()
    assert stage.watcher.series(CONSUMED, "_total") == {("take", "memory", "agent-tasks"): 1.0}
    assert (await queue.status()).held == 1  # type: ignore[operator]
