"""What every task queue does."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from application.ports.queue_admin import QueueStatus
from domain.cancellation import Cancellation, CancelReason
from domain.conversation import Spend
from domain.errors import LeaseLost, QueueUnavailable
from domain.task import Attempt
from tests.contract.queue_harness import nothing_to_take, soon, take_and_end
from tests.fakes.clock import START
from tests.fakes.queued_tasks import a_task

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from application.ports.task_queue import Lease
    from tests.contract.queue_harness import QueueHarness

MINUTE = timedelta(minutes=1)
SPENT = Spend(1_200, 34, 0.05)
CLOSED = Cancellation("rosa", START, CancelReason.CLOSED)

ENDINGS: dict[str, Callable[[Lease], Awaitable[None]]] = {
    "done": lambda lease: lease.done(),
    "retry": lambda lease: lease.retry(START, "later"),
    "dead": lambda lease: lease.dead("broken"),
    "hand_back": lambda lease: lease.hand_back(),
}
every_ending = pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS.keys())


# -- Order and time ---------------------------------------------------------------------------------


async def test_delivers_in_the_order_of_publication(harness: QueueHarness) -> None:
    tasks = [a_task(number) for number in (3, 1, 2)]
    for task in tasks:
        await harness.queue.publish(task)
    assert [(await soon(harness.queue.take())).task for _ in tasks] == tasks


async def test_wakes_a_taker_that_waits(harness: QueueHarness) -> None:
    waiting = asyncio.create_task(harness.queue.take())
    await asyncio.sleep(0)
    await harness.queue.publish(a_task())
    assert (await soon(waiting)).task == a_task()


async def test_delivers_nothing_before_its_time(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task(), not_before=START + MINUTE)
    await harness.clock.advance(59)
    assert await nothing_to_take(harness.queue)
    await harness.clock.advance(1)
    assert (await soon(harness.queue.take())).task == a_task()


async def test_delivers_what_is_due_before_what_is_not(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task(1), not_before=START + MINUTE)
    await harness.queue.publish(a_task(2))
    assert (await soon(harness.queue.take())).task == a_task(2)


# -- One at a time for an issue ---------------------------------------------------------------------


@every_ending
async def test_holds_back_a_second_task_about_an_issue_until_the_first_has_ended(
    harness: QueueHarness, end: Callable[[Lease], Awaitable[None]]
) -> None:
    await harness.queue.publish(a_task(1, "first"))
    await harness.queue.publish(a_task(1, "second"))
    first = await soon(harness.queue.take())
    second = asyncio.create_task(harness.queue.take())
    assert not (await asyncio.wait({second}, timeout=0.05))[0]
    await end(first)
    assert (await soon(second)).task.issue == first.task.issue


async def test_hands_out_tasks_about_other_issues_meanwhile(harness: QueueHarness) -> None:
    for task in (a_task(1, "first"), a_task(1, "second"), a_task(2)):
        await harness.queue.publish(task)
    first = await soon(harness.queue.take())
    other = await soon(harness.queue.take())
    assert (first.task, other.task) == (a_task(1, "first"), a_task(2))
    assert await nothing_to_take(harness.queue)


async def test_takers_at_the_same_time_never_get_the_same_issue(harness: QueueHarness) -> None:
    for number in range(4):
        await harness.queue.publish(a_task(number, "first"))
        await harness.queue.publish(a_task(number, "second"))
    leases = await soon(asyncio.gather(*(queue.take() for queue in [harness.queue, harness.holder] * 2)))
    assert {lease.task.issue_number for lease in leases} == {0, 1, 2, 3}


async def test_a_task_that_waits_for_its_retry_holds_up_no_later_one(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task(1, "first"))
    await harness.queue.publish(a_task(1, "second"))
    await (await soon(harness.queue.take())).retry(START + MINUTE, "the model is busy")
    assert (await take_and_end(harness.queue)).task == a_task(1, "second")
    await harness.clock.advance(60)
    assert (await soon(harness.queue.take())).task.id == a_task(1, "first").id


# -- How a lease ends -------------------------------------------------------------------------------


async def test_a_held_task_is_held(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    lease = await soon(harness.queue.take())
    await lease.ensure_held()
    assert (lease.attempt, lease.retries, lease.redeliveries) == (1, 0, 0)
    assert await harness.queue.status() == QueueStatus(held=1)


@every_ending
async def test_a_lease_that_has_ended_is_not_held(
    harness: QueueHarness, end: Callable[[Lease], Awaitable[None]]
) -> None:
    await harness.queue.publish(a_task())
    lease = await soon(harness.queue.take())
    await end(lease)
    with pytest.raises(LeaseLost, match=r"acme/shop#1.*ended"):
        await lease.ensure_held()


@every_ending
async def test_a_lease_ends_once(harness: QueueHarness, end: Callable[[Lease], Awaitable[None]]) -> None:
    await harness.queue.publish(a_task())
    lease = await soon(harness.queue.take())
    await lease.done()
    with pytest.raises(LeaseLost):
        await end(lease)
    assert await harness.queue.status() == QueueStatus()


async def test_forgets_a_task_that_is_done(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await take_and_end(harness.queue)
    assert await harness.queue.status() == QueueStatus()
    assert await nothing_to_take(harness.queue)


async def test_a_retry_comes_at_its_time_with_its_reason(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await (await soon(harness.queue.take())).retry(START + MINUTE, "the model is busy")
    assert await harness.queue.status() == QueueStatus(delayed=1)
    await harness.clock.advance(60)
    lease = await soon(harness.queue.take())
    assert lease.task.history == (Attempt(START, "the model is busy"),)
    assert (lease.attempt, lease.retries, lease.redeliveries) == (2, 1, 0)


@pytest.mark.parametrize("spent", [SPENT, Spend(1, 0, None, estimated=True)])
async def test_a_retry_knows_what_the_task_has_cost(harness: QueueHarness, spent: Spend) -> None:
    await harness.queue.publish(a_task())
    first = await soon(harness.queue.take())
    await first.retry(START, "the model is busy", spent=spent)
    assert (first.spent, (await soon(harness.queue.take())).spent) == (Spend(), spent)


async def test_what_a_task_has_cost_outlives_attempts_that_say_nothing_of_it(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await (await soon(harness.queue.take())).retry(START, "the model is busy", spent=SPENT)
    await (await soon(harness.queue.take())).retry(START, "the forge is away")
    await (await soon(harness.queue.take())).hand_back()
    await soon(harness.holder.take())
    await harness.holder_dies()
    assert (await soon(harness.queue.take())).spent == SPENT


async def test_a_task_handed_back_is_as_if_it_had_not_been_taken(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await (await soon(harness.queue.take())).hand_back()
    lease = await soon(harness.queue.take())
    assert (lease.task, lease.attempt) == (a_task(), 1)


# -- Holders that die -------------------------------------------------------------------------------


async def test_delivers_the_task_of_a_dead_holder_again_and_counts_that_apart(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await soon(harness.holder.take())
    await harness.holder_dies()
    lease = await soon(harness.queue.take())
    assert (lease.task, lease.attempt, lease.retries, lease.redeliveries) == (a_task(), 2, 0, 1)


async def test_an_attempt_is_one_more_than_retries_and_redeliveries(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await (await soon(harness.holder.take())).retry(START, "the model is busy")
    await soon(harness.holder.take())
    await harness.holder_dies()
    lease = await soon(harness.queue.take())
    assert (lease.attempt, lease.retries, lease.redeliveries) == (3, 1, 1)


@every_ending
async def test_a_lost_lease_changes_nothing(harness: QueueHarness, end: Callable[[Lease], Awaitable[None]]) -> None:
    await harness.queue.publish(a_task())
    lost = await soon(harness.holder.take())
    await harness.holder_dies()
    held = await soon(harness.queue.take())
    with pytest.raises(LeaseLost, match="lost"):
        await end(lost)
    await held.ensure_held()


async def test_a_holder_that_lost_its_task_is_told(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    lost = await soon(harness.holder.take())
    await harness.holder_dies()
    await soon(lost.wait_lost())
    with pytest.raises(LeaseLost):
        await lost.ensure_held()


# -- Cancelling -------------------------------------------------------------------------------------


async def test_tells_the_holder_that_its_task_is_cancelled(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    lease = await soon(harness.holder.take())
    before = lease.cancelled
    await harness.queue.cancel(a_task().issue, CLOSED)
    await harness.clock.advance(1)
    assert await soon(lease.wait_cancelled()) == (CLOSED,)
    assert (before, lease.cancelled) == ((), (CLOSED,))


async def test_tells_its_own_holder_at_once(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    lease = await soon(harness.queue.take())
    await harness.queue.cancel(a_task().issue, CLOSED)
    assert lease.cancelled == (CLOSED,)


async def test_delivers_a_cancelled_task_as_cancelled(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await harness.queue.cancel(a_task().issue, CLOSED)
    lease = await soon(harness.queue.take())
    assert await soon(lease.wait_cancelled()) == lease.cancelled == (CLOSED,)


async def test_delivers_a_cancelled_task_at_once_even_where_it_was_to_wait(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task(), not_before=START + MINUTE)
    await harness.queue.cancel(a_task().issue, CLOSED)
    assert (await soon(harness.queue.take())).cancelled == (CLOSED,)


async def test_cancels_every_task_about_the_issue_and_no_other(harness: QueueHarness) -> None:
    for task in (a_task(1, "first"), a_task(1, "second"), a_task(2)):
        await harness.queue.publish(task)
    await harness.queue.cancel(a_task(1).issue, CLOSED)
    leases = [await take_and_end(harness.queue) for _ in range(3)]
    assert [lease.cancelled for lease in leases] == [(CLOSED,), (CLOSED,), ()]


async def test_a_task_published_after_the_cancelling_is_not_cancelled(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task(1, "first"))
    await harness.queue.cancel(a_task(1).issue, CLOSED)
    await harness.queue.publish(a_task(1, "second"))
    assert (await take_and_end(harness.queue)).cancelled == (CLOSED,)
    assert (await take_and_end(harness.queue)).cancelled == ()


async def test_tells_of_everybody_who_wants_it_to_stop(harness: QueueHarness) -> None:
    asked = Cancellation("otto", START, CancelReason.COMMAND)
    await harness.queue.publish(a_task())
    for wish in (asked, CLOSED, asked):
        await harness.queue.cancel(a_task().issue, wish)
    assert (await soon(harness.queue.take())).cancelled == (asked, CLOSED)


async def test_tells_the_holder_of_a_later_wish_too(harness: QueueHarness) -> None:
    asked = Cancellation("otto", START, CancelReason.COMMAND)
    await harness.queue.publish(a_task())
    lease = await soon(harness.queue.take())
    await harness.queue.cancel(a_task().issue, asked)
    await harness.queue.cancel(a_task().issue, CLOSED)
    assert await soon(lease.wait_cancelled()) == (asked, CLOSED)


async def test_a_cancelled_task_stays_so_when_its_holder_dies(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await soon(harness.holder.take())
    await harness.queue.cancel(a_task().issue, CLOSED)
    await harness.holder_dies()
    assert (await soon(harness.queue.take())).cancelled == (CLOSED,)


# -- What must not happen ---------------------------------------------------------------------------


async def test_a_wait_that_is_cancelled_loses_no_task(harness: QueueHarness) -> None:
    for turns in range(20):
        waiting = asyncio.create_task(harness.queue.take())
        await harness.queue.publish(a_task(turns))
        for _ in range(turns % 7):
            await asyncio.sleep(0)
        waiting.cancel()
        taken = (await asyncio.gather(waiting, return_exceptions=True))[0]
        lease = await soon(harness.queue.take()) if isinstance(taken, BaseException) else taken
        assert (lease.task, lease.attempt) == (a_task(turns), 1)


async def test_a_task_that_comes_twice_is_never_held_twice(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await harness.queue.publish(a_task())
    lease = await soon(harness.queue.take())
    await harness.queue.publish(a_task())
    assert await nothing_to_take(harness.holder)
    await lease.ensure_held()


@pytest.mark.parametrize("harness", ["memory", "sqlite"], indirect=True)
async def test_a_queue_that_knows_its_tasks_drops_one_that_it_has_already(harness: QueueHarness) -> None:
    await harness.queue.publish(a_task())
    await harness.queue.publish(a_task())
    lease = await soon(harness.queue.take())
    await harness.queue.publish(a_task())
    assert await harness.queue.status() == QueueStatus(held=1)
    await lease.done()
    await harness.queue.publish(a_task())
    assert await harness.queue.status() == QueueStatus()


async def test_closing_ends_the_waits_for_a_task(harness: QueueHarness) -> None:
    waiting = asyncio.create_task(harness.queue.take())
    await asyncio.sleep(0.02)
    await harness.queue.close()
    with pytest.raises(QueueUnavailable, match="closed"):
        await soon(waiting)


async def test_a_closed_queue_takes_nothing_in(harness: QueueHarness) -> None:
    await harness.queue.close()
    await harness.queue.close()
    with pytest.raises(QueueUnavailable, match="closed"):
        await harness.queue.publish(a_task())
