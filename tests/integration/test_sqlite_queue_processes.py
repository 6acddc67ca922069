"""The durable queue among processes, some of which are killed."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.queue_harness import soon, take_and_end
from tests.fakes.queued_tasks import a_task
from tests.integration.queue_process import open_queue

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

    from adapters.sqlite.queue import SqliteTaskQueue

ROOT = Path(__file__).parents[2]
PATIENT = 60.0
"""A lease that lasts however busy the machine is, in seconds."""
BRIEF = 1.0
"""A lease whose end a test can wait for."""

ISSUES, TASKS_AN_ISSUE, WORKERS = 6, 10, 4


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite3"


@pytest.fixture
async def queue(path: Path) -> AsyncIterator[SqliteTaskQueue]:
    queue = open_queue(path, PATIENT)
    yield queue
    await queue.close()


@asynccontextmanager
async def process(command: str, path: Path, lease_seconds: float, *arguments: str) -> AsyncIterator[Process]:
    """A process at work on the queue's file; killed, if it still runs, and waited for at the end."""
    program = (
        sys.executable,
        "-m",
        "tests.integration.queue_process",
        command,
        str(path),
        str(lease_seconds),
        *arguments,
    )
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
    async with process("hold", path, BRIEF) as holder:
        assert await line(holder) == "held"
        holder.kill()
    lease = await soon(queue.take())
    assert (lease.task, lease.attempt, lease.redeliveries) == (a_task(), 2, 1)


async def test_a_killed_publisher_has_lost_nothing_that_it_was_told_is_safe(path: Path, queue: SqliteTaskQueue) -> None:
    async with process("publish", path, PATIENT, "100000") as publisher:
        for number in range(20):
            assert await line(publisher) == str(number)
        publisher.kill()
        said = (await soon(publisher.communicate()))[0].split()
    last = int(said[-1]) if said else 19
    status = await queue.status()
    assert last + 1 <= status.due <= last + 2


@pytest.mark.parametrize("lines", [1, 2, 7])
async def test_a_killed_worker_leaves_every_task_done_or_to_be_done(
    path: Path, queue: SqliteTaskQueue, lines: int
) -> None:
    for number in range(1, 11):
        await queue.publish(a_task(number))
    async with process("work", path, BRIEF) as worker:
        said = [await line(worker) for _ in range(lines)]
        worker.kill()
        said += (await soon(worker.communicate()))[0].decode().splitlines()
    begun = sum(entry.startswith("begin") for entry in said)
    left = await queue.status()
    finished = 10 - left.due - left.held
    assert left.held <= 1
    assert finished <= begun <= finished + left.held
    leases = [await take_and_end(queue) for _ in range(left.due + left.held)]
    assert sum(lease.redeliveries for lease in leases) == left.held


async def test_a_cancel_reaches_a_holder_in_another_process(path: Path, queue: SqliteTaskQueue) -> None:
    await queue.publish(a_task(1))
    async with process("hold", path, PATIENT) as holder:
        assert await line(holder) == "held"
        async with process("cancel", path, PATIENT) as canceller:
            assert await line(canceller) == "asked"
        assert await line(holder) == "cancelled by rosa"


async def test_processes_never_share_a_task_nor_an_issue(path: Path, queue: SqliteTaskQueue) -> None:
    tasks = [a_task(issue, str(turn)) for turn in range(TASKS_AN_ISSUE) for issue in range(ISSUES)]
    for task in tasks:
        await queue.publish(task)
    with (path.parent / "log").open("ab") as log:
        program = (sys.executable, "-m", "tests.integration.queue_process", "work", str(path), str(PATIENT))
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
