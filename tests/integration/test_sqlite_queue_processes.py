"""The durable queue among processes, some of which are killed."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.queue_harness import soon
from tests.fakes.queued_tasks import a_task
from tests.integration.queue_process import open_queue

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

    from adapters.sqlite.queue import SqliteTaskQueue

ROOT = Path(__file__).parents[2]
ISSUES, TASKS_AN_ISSUE, WORKERS = 6, 10, 4


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite3"


@pytest.fixture
async def queue(path: Path) -> AsyncIterator[SqliteTaskQueue]:
    queue = open_queue(path)
    yield queue
    await queue.close()


@asynccontextmanager
async def process(command: str, path: Path, *arguments: str) -> AsyncIterator[Process]:
    """A process at work on the queue's file; killed, if it still runs, and waited for at the end."""
    program = (sys.executable, "-m", "tests.integration.queue_process", command, str(path), *arguments)
    child = await asyncio.create_subprocess_exec(*program, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def line(child: Process) -> str:
    """The next thing that it said."""
    assert child.stdout is not None
    return (await soon(child.stdout.readline())).decode().strip()


async def test_the_task_of_a_killed_process_is_delivered_again(path: Path, queue: SqliteTaskQueue) -> None:
    await queue.publish(a_task())
    async with process("hold", path) as holder:
        assert await line(holder) == "held"
        holder.kill()
    lease = await soon(queue.take())
    assert (lease.task, lease.attempt, lease.redeliveries) == (a_task(), 2, 1)


async def test_a_killed_publisher_has_lost_nothing_that_it_was_told_is_safe(path: Path, queue: SqliteTaskQueue) -> None:
    async with process("publish", path, "100000") as publisher:
        for number in range(20):
            assert await line(publisher) == str(number)
        publisher.kill()
        said = (await soon(publisher.communicate()))[0].split()
    last = int(said[-1]) if said else 19
    status = await queue.status()
    assert last + 1 <= status.due <= last + 2


async def test_a_cancel_reaches_a_holder_in_another_process(path: Path, queue: SqliteTaskQueue) -> None:
    await queue.publish(a_task(1))
    async with process("hold", path) as holder:
        assert await line(holder) == "held"
        async with process("cancel", path) as canceller:
            assert await line(canceller) == "asked"
        assert await line(holder) == "cancelled by rosa"


async def test_processes_never_share_a_task_nor_an_issue(path: Path, queue: SqliteTaskQueue) -> None:
    tasks = [a_task(issue, str(turn)) for turn in range(TASKS_AN_ISSUE) for issue in range(ISSUES)]
    for task in tasks:
        await queue.publish(task)
    with (path.parent / "log").open("ab") as log:
        program = (sys.executable, "-m", "tests.integration.queue_process", "work", str(path))
        workers = [await asyncio.create_subprocess_exec(*program, cwd=ROOT, stdout=log) for _ in range(WORKERS)]
        assert [await soon(worker.wait()) for worker in workers] == [0] * WORKERS
    said = [entry.split() for entry in (path.parent / "log").read_text().splitlines()]
    assert_one_at_a_time_for_an_issue(said)
    finished = Counter(task for what, _, task, _ in said if what == "end")
    assert finished == {task.id: 2 if task.issue_number == 0 else 1 for task in tasks}


def assert_one_at_a_time_for_an_issue(said: list[list[str]]) -> None:
    """The log has one order for all processes, for each line is appended by one write."""
    running: dict[str, str] = {}
    for what, issue, task, _ in said:
        if what == "begin":
            assert issue not in running
            running[issue] = task
        else:
            assert running.pop(issue) == task
