"""What travels through a real broker, and what is made of messages that are none of ours."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.task_json.codec import MAX_BYTES, TaskJson
from domain.conversation import Spend
from tests.contract.queue_harness import soon, take_and_end
from tests.fakes.clock import START
from tests.fakes.queued_tasks import a_task
from tests.support.broker import broker_group

if TYPE_CHECKING:
    from tests.support.rabbit import Bench

pytestmark = broker_group

TASK = json.loads(TaskJson().encode(a_task()))
BAD = {
    "not JSON": (b"task, please", {}, "these bytes are no task"),
    "empty": (b"", {}, "these bytes are no task"),
    "unknown version": (json.dumps({**TASK, "version": 99}).encode(), {}, "version 99"),
    "wrong types": (json.dumps({**TASK, "issue_number": "one"}).encode(), {}, "issue_number"),
    "huge": (b" " * (2 * MAX_BYTES), {}, "at most 1,048,576"),
    "no headers of ours": (json.dumps(TASK).encode(), {"retries": "often"}, "headers cannot be read"),
    "due beyond all time": (json.dumps(TASK).encode(), {"due": 10**18}, "headers cannot be read"),
    "headers that fill a frame": (b"{}", {f"h{n}": "x" * 32_000 for n in range(4)} | {"h": "x" * 2_900}, "no task"),
    "headers of every type": (b"{}", {"list": [1, {"a": None}], "float": 0.5, "flag": True, "none": None}, "no task"),
    "a spend that is none": (json.dumps(TASK).encode(), {"spend": {"input-tokens": -1}}, "headers cannot be read"),
    "a negative count": (json.dumps(TASK).encode(), {"redeliveries": -1}, "headers cannot be read"),
}


@pytest.mark.parametrize(("body", "headers", "reason"), BAD.values(), ids=BAD.keys())
async def test_sets_a_bad_message_aside_with_the_reason_and_takes_the_next(
    bench: Bench, body: bytes, headers: dict[str, object], reason: str
) -> None:
    queue = bench.open()
    await bench.put(bench.topology.tasks, body, headers)
    await queue.publish(a_task(2))
    assert (await take_and_end(queue)).task == a_task(2)
    (letter,) = await queue.dead()
    assert reason in letter.reason
    assert letter.died_at == START


async def test_sets_a_message_aside_whose_properties_nobody_can_read_and_takes_the_next(bench: Bench) -> None:
    queue = bench.open()
    await bench.put_by_hand(bench.topology.tasks, "{}", {"timestamp": 2**62})
    await queue.publish(a_task(2))
    assert (await take_and_end(queue)).task == a_task(2)
    (letter,) = await queue.dead()
    assert "properties cannot be read" in letter.reason
    assert letter.unreadable == b"{}"


async def test_a_dead_letter_put_there_by_hand_with_no_possible_date_is_listed(bench: Bench) -> None:
    queue = bench.open()
    await bench.put(bench.topology.dead, b"{}", {"died-at": 10**18})
    (letter,) = await queue.dead()
    assert letter.unreadable == b"{}"


async def test_bytes_that_are_no_task_come_back_as_they_were(bench: Bench) -> None:
    queue = bench.open()
    await bench.put(bench.topology.tasks, b"from a later release")
    await queue.publish(a_task())
    await take_and_end(queue)
    (letter,) = await queue.dead()
    assert (letter.task, letter.unreadable) == (None, b"from a later release")
    await queue.redrive(letter.task_id)
    assert (await bench.get(bench.topology.tasks)).body == b"from a later release"


async def test_a_task_without_our_headers_is_taken_all_the_same(bench: Bench) -> None:
    await bench.put(bench.topology.tasks, TaskJson().encode(a_task()))
    lease = await soon(bench.open().take())
    assert (lease.task, lease.attempt, lease.cancelled) == (a_task(), 1, ())


async def test_the_message_says_what_an_operator_looks_for(bench: Bench) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await bench.open().publish(replace(a_task(), delivery="72d3162e", traceparent=trace))
    message = await bench.get(bench.topology.tasks)
    assert (message.message_id, message.content_type) == (a_task().id, "application/json")
    assert message.timestamp is not None
    told = {name: message.headers[name] for name in ("issue", "asked-by", "delivery", "traceparent", "attempt")}
    assert told == {
        "issue": "acme/shop#1",
        "asked-by": "rosa",
        "delivery": "72d3162e",
        "traceparent": trace,
        "attempt": 1,
    }


async def test_the_message_of_a_retry_says_what_was_spent(bench: Bench) -> None:
    queue = bench.open()
    await queue.publish(a_task())
    await (await soon(queue.take())).retry(START, "the model is busy", spent=Spend(1_200, 34, 0.05))
    message = await bench.get(bench.topology.tasks)
    told = {"input-tokens": 1_200, "output-tokens": 34, "cost-usd": "0.05", "estimated": False}
    assert (message.headers["spend"], message.headers["attempt"]) == (told, 2)


async def test_what_the_broker_gives_up_is_taken_beyond_every_limit(bench: Bench) -> None:
    queue = bench.open()
    await queue.publish(a_task())
    await bench.return_it(bench.topology.tasks, 21)
    lease = await soon(queue.take_given_up())
    assert (lease.task, lease.attempt) == (a_task(), 22)
    await lease.ensure_held()
    await lease.dead("died each time")
    (letter,) = await queue.dead()
    assert (letter.reason, letter.attempt) == ("died each time", 22)


async def test_a_given_up_task_waits_for_nobody_who_works_on_its_issue(bench: Bench) -> None:
    queue = bench.open()
    await queue.publish(a_task(1, "first"))
    await bench.return_it(bench.topology.tasks, 21)
    await queue.publish(a_task(1, "second"))
    working = await soon(queue.take())
    assert (await soon(queue.take_given_up())).task == a_task(1, "first")
    await working.ensure_held()


async def test_waiting_for_an_issue_counts_as_no_attempt(bench: Bench) -> None:
    queue = bench.open()
    await queue.publish(a_task(1, "first"))
    first = await soon(queue.take())
    await queue.publish(a_task(1, "second"))
    waiting = asyncio.create_task(queue.take())
    await asyncio.sleep(0.3)  # many of the moments after which such a task is looked at again
    assert not waiting.done()
    await first.done()
    second = await soon(waiting)
    assert (second.task, second.attempt) == (a_task(1, "second"), 1)
