"""What operators do with the queue by commands."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

import pytest

from adapters.sqlite.queue import SqliteTaskQueue
from adapters.task_json.codec import TaskJson
from domain.conversation import Spend
from domain.errors import InvalidInput, NotFound
from tests.fakes.clock import START, FakeClock
from tests.fakes.queued_tasks import a_task
from tests.support.commands import command, json_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from click.testing import Result

Found = TypeVar("Found")


class Operator:
    """An operator before a queue's file; time stands still."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *arguments: str) -> Result:
        return command(*arguments, sqlite_path=self.path)

    def json(self, *arguments: str) -> dict[str, object]:
        return json_of(self.run(*arguments, "--json"))

    def counts(self) -> tuple[object, ...]:
        found = self.json("queue", "status")
        return (found["due"], found["delayed"], found["held"], found["dead"])

    def with_queue(self, work: Callable[[SqliteTaskQueue], Awaitable[Found]]) -> Found:
        async def opened() -> Found:
            queue = SqliteTaskQueue(self.path, TaskJson(), FakeClock(), owner="test")
            try:
                return await work(queue)
            finally:
                await queue.close()

        return asyncio.run(opened())

    def publish(self, *numbers: int) -> None:
        async def work(queue: SqliteTaskQueue) -> None:
            for number in numbers:
                await queue.publish(a_task(number))

        self.with_queue(work)

    def bury(self, number: int, reason: str = "the model is gone\nfor good") -> str:
        async def work(queue: SqliteTaskQueue) -> str:
            await queue.publish(a_task(number))
            await (await queue.take()).retry(START, "the model is busy")
            await (await queue.take()).dead(reason, spent=Spend(1_200, 34, 0.05))
            return a_task(number).id

        return self.with_queue(work)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path / "queue.sqlite")


def test_counts_the_tasks_and_says_where(operator: Operator) -> None:
    operator.bury(1)
    operator.publish(2, 3)
    shown = operator.run("queue", "status").stdout
    assert str(operator.path) in shown
    assert "due           2" in shown
    assert "dead          1  set aside: coding-agent queue dead list" in shown
    assert operator.counts() == (2, 0, 0, 1)


def test_a_pause_is_seen_until_it_ends(operator: Operator) -> None:
    assert "PAUSED since" in operator.run("pause").stdout
    assert "by" in str(operator.json("queue", "status")["paused"])
    assert "not paused" in operator.run("resume").stdout
    assert operator.json("queue", "status")["paused"] is None


def test_lists_the_dead_on_two_short_lines_each(operator: Operator) -> None:
    dead = operator.bury(1)
    shown = operator.run("queue", "dead", "list").stdout
    assert shown == f"{dead[:12]}  2025-06-01 12:00:00 UTC  acme/shop#1, attempt 2\n    the model is gone\\nfor good\n"


def test_says_that_nothing_is_dead(operator: Operator) -> None:
    assert operator.run("queue", "dead", "list").stdout == "No task is set aside.\n"
    assert operator.json("queue", "dead", "list")["dead"] == []


def test_shows_the_request_and_its_history(operator: Operator) -> None:
    dead = operator.bury(1)
    shown = operator.run("queue", "dead", "show", dead[:6]).stdout
    assert f"task     {dead}" in shown
    assert "acme/shop#1: Discount is applied twice" in shown
    assert "by rosa, for start" in shown
    assert "2025-06-01 12:00:00 UTC  the model is busy" in shown
    assert "spent    1,200 read, 34 written · cost: $0.0500" in shown
    facts = operator.json("queue", "dead", "show", dead[:6])
    assert facts["spent"] == {"input_tokens": 1_200, "output_tokens": 34, "cost_usd": 0.05, "estimated": False}
    assert (facts["task"], facts["attempt"]) == (dead, 2)
    assert facts["history"] == [{"at": START.isoformat(), "reason": "the model is busy"}]


def test_shows_bytes_that_are_no_task(operator: Operator) -> None:
    class Nonsense(TaskJson):
        def encode(self, task: object) -> bytes:
            del task
            return b"\x1b[2Jnot a task"

    async def work() -> None:
        queue = SqliteTaskQueue(operator.path, Nonsense(), FakeClock(), owner="test")
        await queue.publish(a_task())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(queue.take(), 0.1)
        await queue.close()

    asyncio.run(work())
    shown = operator.run("queue", "dead", "show", a_task().id).stdout
    assert "which are no task:" in shown
    assert "\\x1b[2Jnot a task" in shown
    assert operator.json("queue", "dead", "show", a_task().id)["unreadable_base64"] == "G1sySm5vdCBhIHRhc2s="


def test_brings_one_back(operator: Operator) -> None:
    dead = operator.bury(1)
    operator.bury(2)
    assert operator.run("queue", "dead", "retry", dead[:8]).stdout.startswith("Back in the queue: ")
    assert operator.counts() == (1, 0, 0, 1)


def test_brings_all_back(operator: Operator) -> None:
    operator.bury(1)
    operator.bury(2)
    assert operator.json("queue", "dead", "retry", "--all")["retried"] == 2
    assert operator.counts() == (2, 0, 0, 0)


def test_drops_one(operator: Operator) -> None:
    dead = operator.bury(1)
    assert operator.json("queue", "dead", "drop", dead)["outcome"] == "dropped"
    assert operator.counts() == (0, 0, 0, 0)


@pytest.mark.parametrize("verb", ["show", "retry", "drop"])
def test_names_an_id_that_no_dead_task_has(operator: Operator, verb: str) -> None:
    assert isinstance(operator.run("queue", "dead", verb, "abc").exception, NotFound)
    assert "abc" in str(operator.json("queue", "dead", verb, "abc")["reason"])


def test_asks_for_more_of_an_id_that_several_have(operator: Operator) -> None:
    for number in range(17):  # two of these begin alike, whatever the digest
        operator.bury(number)
    beginnings = [a_task(number).id[0] for number in range(17)]
    twice = next(digit for digit in beginnings if beginnings.count(digit) > 1)
    assert "give more of the id" in str(operator.json("queue", "dead", "show", twice)["reason"])


@pytest.mark.parametrize("which", [[], ["abc", "--all"]], ids=["neither", "both"])
def test_wants_one_dead_task_or_all(operator: Operator, which: list[str]) -> None:
    assert "either an ID" in str(operator.json("queue", "dead", "retry", *which)["reason"])


def test_purges_only_when_told_so_twice(operator: Operator) -> None:
    operator.publish(1, 2)
    refused = operator.run("queue", "purge")
    assert isinstance(refused.exception, InvalidInput)
    assert "2 tasks would be thrown away" in str(refused.exception)
    assert operator.counts() == (2, 0, 0, 0)
    assert operator.json("queue", "purge", "--yes")["purged"] == 2
    assert operator.counts() == (0, 0, 0, 0)


def test_does_not_look_into_a_queue_that_lives_in_another_process() -> None:
    assert "QUEUE" in str(command("queue", "status", queue="memory").exception)
