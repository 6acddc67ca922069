"""Acting on an event within a time limit."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from application.use_cases.accept_event import AcceptEvent
from application.use_cases.submit_event import CancelRequested, Ignored, Queued, SubmitEvent
from domain.cancellation import Cancellation, CancelReason
from domain.errors import QueueUnavailable
from domain.issue import IssueKey
from domain.policy import Policy
from tests.fakes.queue import FakeTaskQueue
from tests.support.issue_events import CLOSED, EDITED, LABELED, NOON, SHOP

if TYPE_CHECKING:
    from domain.webhook import IssueEvent


@pytest.fixture
def queue() -> FakeTaskQueue:
    return FakeTaskQueue()


def submit_event(queue: FakeTaskQueue, timeout_seconds: float = 2.0) -> SubmitEvent:
    accept = AcceptEvent(Policy(allowed_repositories=frozenset({"acme"})), "ai-help")
    return SubmitEvent(accept, queue, timeout_seconds=timeout_seconds)


async def test_publishes_the_task_and_says_its_id(queue: FakeTaskQueue) -> None:
    receipt = await submit_event(queue).submit(LABELED)
    assert [receipt] == [Queued(task.id) for task in queue.published]


async def test_passes_a_cancellation_on(queue: FakeTaskQueue) -> None:
    receipt = await submit_event(queue).submit(CLOSED)
    assert receipt == CancelRequested(IssueKey(SHOP, 7))
    assert queue.cancelled == [(IssueKey(SHOP, 7), Cancellation("maria", NOON, CancelReason.CLOSED))]
    assert not queue.published


async def test_leaves_the_queue_alone_when_there_is_nothing_to_do(queue: FakeTaskQueue) -> None:
    queue.failure = QueueUnavailable("down")
    assert isinstance(await submit_event(queue).submit(EDITED), Ignored)


@pytest.mark.parametrize("event", [LABELED, CLOSED], ids=["publish", "cancel"])
async def test_gives_up_on_a_queue_that_does_not_confirm_in_time(queue: FakeTaskQueue, event: IssueEvent) -> None:
    queue.stall()
    with pytest.raises(QueueUnavailable, match=r"within 0\.02 s"):
        await asyncio.wait_for(submit_event(queue, timeout_seconds=0.02).submit(event), timeout=10)
    assert not queue.published
    assert not queue.cancelled


async def test_passes_on_that_the_queue_is_unavailable(queue: FakeTaskQueue) -> None:
    queue.failure = QueueUnavailable("the disk is full")
    with pytest.raises(QueueUnavailable, match="the disk is full"):
        await submit_event(queue).submit(LABELED)


async def test_the_same_event_sent_again_names_the_same_task(queue: FakeTaskQueue) -> None:
    use_case = submit_event(queue)
    first = await use_case.submit(LABELED)
    assert await use_case.submit(replace(LABELED, delivery="another")) == first
