"""What operators can do with every task queue."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from application.ports.queue_admin import Pause, QueueStatus
from domain.cancellation import Cancellation, CancelReason
from domain.conversation import Spend
from domain.errors import NotFound, QueueUnavailable
from domain.task import Attempt
from tests.contract.queue_harness import nothing_to_take, soon, take_and_end
from tests.fakes.clock import START
from tests.fakes.queued_tasks import a_task

if TYPE_CHECKING:
    from application.ports.task_queue import TaskQueue
    from tests.contract.queue_harness import QueueHarness

MINUTE = timedelta(minutes=1)
CLOSED = Cancellation("rosa", START, CancelReason.CLOSED)


async def set_aside(queue: TaskQueue, number: int = 1, reason: str = "the model is gone") -> str:
    """Publish a task, take it and set it aside; its id."""
    await queue.publish(a_task(number))
    lease = await soon(queue.take())
    await lease.dead(reason)
    return lease.task.id


# -- Dead letters -----------------------------------------------------------------------------------


async def test_sets_a_dead_task_aside_with_reason_and_history(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await (await soon(harness.queue.take())).retry(START, "the model is busy")
    await (await soon(harness.queue.take())).dead("the model is gone")
    [letter] = await harness.queue.dead()
    assert letter.task is not None
    assert letter.task.history == (Attempt(START, "the model is busy"),)
    assert (letter.task_id, letter.reason) == (a_task().id, "the model is gone")
    assert (letter.died_at, letter.attempt) == (START, 2)


async def test_a_dead_task_says_what_it_has_cost_and_still_knows_when_it_is_brought_back(harness: QueueHarness) -> None:
    spent = Spend(1_200, 34, 0.05)
    await harness.queue.publish(a_task())
    await (await soon(harness.queue.take())).dead("the model is gone", spent=spent)
    assert [letter.spent for letter in await harness.queue.dead()] == [spent]
    await harness.queue.redrive(a_task().id)
    assert (await soon(harness.queue.take())).spent == spent


async def test_delivers_no_dead_task(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await (await soon(harness.queue.take())).dead("the model is gone")
    assert await nothing_to_take(harness.queue)
    assert await harness.queue.status() == QueueStatus(dead=1)


async def test_lists_the_longest_dead_first(harness: QueueHarness) -> None:
    for number in (1, 2):
        await harness.queue.publish(a_task(number))
    first, second = await soon(harness.queue.take()), await soon(harness.queue.take())
    await second.dead("a")
    await harness.clock.advance(1)
    await first.dead("b")
    assert [letter.reason for letter in await harness.queue.dead()] == ["a", "b"]


async def test_a_redriven_task_begins_anew_and_remembers_its_death(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await (await soon(harness.queue.take())).retry(START, "the model is busy")
    await harness.queue.cancel(a_task().issue, CLOSED)
    await (await soon(harness.queue.take())).dead("the model is gone")
    await harness.queue.redrive(a_task().id)
    lease = await soon(harness.queue.take())
    assert [attempt.reason for attempt in lease.task.history] == ["the model is busy", "the model is gone"]
    assert (lease.attempt, lease.cancelled) == (1, ())
    assert await harness.queue.dead() == []


async def test_redrives_dead_tasks_only(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    with pytest.raises(NotFound, match=a_task().id):
        await harness.queue.redrive(a_task().id)


async def test_redrives_a_task_once(harness: QueueHarness) -> None:
    dead = await set_aside(harness.queue)
    await harness.queue.redrive(dead)
    with pytest.raises(NotFound, match=dead):
        await harness.queue.redrive(dead)


async def test_a_redriven_task_can_die_again(harness: QueueHarness) -> None:
    await harness.queue.redrive(await set_aside(harness.queue))
    await (await soon(harness.queue.take())).dead("gone for good")
    assert [letter.reason for letter in await harness.queue.dead()] == ["gone for good"]


async def test_redrives_all_that_is_dead(harness: QueueHarness) -> None:
    dead = {await set_aside(harness.queue, number) for number in (1, 2, 3)}
    assert await harness.queue.redrive_all() == 3
    assert {(await take_and_end(harness.queue)).task.id for _ in dead} == dead
    assert await harness.queue.redrive_all() == 0


async def test_a_dropped_task_is_gone(harness: QueueHarness) -> None:
    kept, dropped = [await set_aside(harness.queue, number) for number in (1, 2)]
    await harness.queue.drop(dropped)
    assert [letter.task_id for letter in await harness.queue.dead()] == [kept]
    for gone in (harness.queue.drop, harness.queue.redrive):
        with pytest.raises(NotFound, match=dropped):
            await gone(dropped)


async def test_drops_dead_tasks_only(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    with pytest.raises(NotFound, match=a_task().id):
        await harness.queue.drop(a_task().id)
    assert (await soon(harness.queue.take())).task == a_task()


# -- What it remembers ------------------------------------------------------------------------------


async def test_says_which_tasks_it_knows_if_it_can(harness: QueueHarness) -> None:
    dead = await set_aside(harness.queue, 1)
    await harness.queue.publish(a_task(2))
    known = [await harness.queue.knows(task_id) for task_id in (dead, a_task(2).id, a_task(3).id)]
    assert known in ([True, True, False], [None, None, None])


async def test_to_try_publishing_keeps_nothing(harness: QueueHarness) -> None:
    await harness.queue.try_publishing()
    assert await harness.queue.status() == QueueStatus()


async def test_a_closed_queue_says_that_nothing_can_be_published(harness: QueueHarness) -> None:
    await harness.queue.close()
    with pytest.raises(QueueUnavailable, match="closed"):
        await harness.queue.try_publishing()


# -- Throwing away ----------------------------------------------------------------------------------


async def test_purges_what_waits_and_nothing_else(harness: QueueHarness) -> None:
    await set_aside(harness.queue, 1)
    await harness.queue.publish(a_task(2))
    held = await soon(harness.queue.take())
    await harness.queue.publish(a_task(3))
    await harness.queue.publish(a_task(4), not_before=START + MINUTE)
    assert await harness.queue.purge() == 2
    assert await harness.queue.status() == QueueStatus(held=1, dead=1)
    await held.ensure_held()
    assert await harness.queue.purge() == 0


# -- Pausing ----------------------------------------------------------------------------------------


async def test_delivers_nothing_while_paused_and_loses_nothing(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task(1))
    await harness.queue.pause("otto")
    await harness.queue.publish(a_task(2))
    assert await nothing_to_take(harness.queue)
    assert await nothing_to_take(harness.holder)
    await harness.queue.resume()
    assert {(await take_and_end(harness.queue)).task.issue_number for _ in range(2)} == {1, 2}


async def test_a_pause_reaches_those_who_wait_already(harness: QueueHarness) -> None:
    waiting = asyncio.create_task(harness.holder.take())
    await asyncio.sleep(0.02)
    await harness.queue.pause("otto")
    await harness.queue.publish(a_task())
    assert not (await asyncio.wait({waiting}, timeout=0.05))[0]
    await harness.queue.resume()
    assert (await soon(waiting)).task == a_task()


async def test_says_who_paused_it_and_since_when(harness: QueueHarness) -> None:
    await harness.queue.pause("otto")
    await harness.clock.advance(60)
    await harness.queue.pause("rosa")
    assert (await harness.queue.status()).paused == Pause("otto", START)
    await harness.queue.resume()
    await harness.queue.resume()
    assert (await harness.queue.status()).paused is None


async def test_a_task_in_hand_is_finished_during_a_pause(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    lease = await soon(harness.queue.take())
    await harness.queue.pause("otto")
    await lease.ensure_held()
    await lease.done()
    status = await harness.queue.status()
    assert (status.due, status.held) == (0, 0)


async def test_the_task_of_a_dead_holder_waits_for_the_end_of_the_pause(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await soon(harness.holder.take())
    await harness.queue.pause("otto")
    await harness.holder_dies()
    assert await nothing_to_take(harness.queue)
    await harness.queue.resume()
    assert (await soon(harness.queue.take())).redeliveries == 1
