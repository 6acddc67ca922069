"""The durable queue: one file, several connections, one process."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.sqlite.queue import SqliteTaskQueue
from adapters.task_json.codec import TaskJson
from application.ports.queue_admin import QueueStatus
from application.ports.task_codec import TaskCodec
from domain.errors import InvalidInput, LeaseLost, QueueUnavailable
from tests.contract.queue_harness import soon, take_and_end, until
from tests.fakes.clock import FakeClock
from tests.fakes.queued_tasks import a_task

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from domain.task import Task

    OpenQueue = Callable[..., SqliteTaskQueue]

LEASE_SECONDS = 30.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite3"


@pytest.fixture
async def open_queue(path: Path, clock: FakeClock) -> AsyncIterator[OpenQueue]:
    """Opens queues on the file, each with a connection of its own, and closes them at the end."""
    queues: list[SqliteTaskQueue] = []

    def opened(
        path: Path = path, codec: TaskCodec | None = None, *, poll_seconds: float = 0.01, busy_seconds: float = 60
    ) -> SqliteTaskQueue:
        queue = SqliteTaskQueue(
            path,
            codec or TaskJson(),
            clock,
            owner=f"queue {len(queues)}",
            lease_seconds=LEASE_SECONDS,
            poll_seconds=poll_seconds,
            busy_seconds=busy_seconds,
        )
        queues.append(queue)
        return queue

    yield opened
    for queue in queues:
        await queue.close()


class LaterCodec(TaskCodec):
    """What a later release would write."""

    def encode(self, task: Task) -> bytes:
        return TaskJson().encode(task).replace(b'"version":1', b'"version":2')

    def decode(self, data: bytes) -> Task:
        return TaskJson().decode(data.replace(b'"version":2', b'"version":1'))


# -- What is kept -----------------------------------------------------------------------------------


async def test_keeps_tasks_in_order_when_all_is_closed(open_queue: OpenQueue) -> None:
    first = open_queue()
    for number in range(3):
        await first.publish(a_task(number))
    await first.close()
    second = open_queue()
    assert [(await take_and_end(second)).task.issue_number for _ in range(3)] == [0, 1, 2]


async def test_keeps_the_file_to_its_owner_and_makes_its_folder(open_queue: OpenQueue, tmp_path: Path) -> None:
    path = tmp_path / "state" / "agent" / "queue.sqlite3"
    await open_queue(path).publish(a_task())
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


async def test_several_may_make_the_file_at_once(open_queue: OpenQueue) -> None:
    queues = [open_queue() for _ in range(8)]
    await soon(asyncio.gather(*(queue.publish(a_task(number)) for number, queue in enumerate(queues))))
    assert await queues[0].status() == QueueStatus(due=8)


async def test_forgets_tasks_that_were_done_long_ago(open_queue: OpenQueue, clock: FakeClock) -> None:
    queue = open_queue()
    await queue.publish(a_task(1))
    await take_and_end(queue)
    await clock.advance(8 * 24 * 3600)
    await queue.publish(a_task(2))
    await take_and_end(queue)
    await queue.publish(a_task(1))
    await queue.publish(a_task(2))
    assert await queue.status() == QueueStatus(due=1)


async def test_sets_aside_what_it_cannot_read_and_goes_on(open_queue: OpenQueue) -> None:
    await open_queue(codec=LaterCodec()).publish(a_task(1))
    queue = open_queue()
    await queue.publish(a_task(2))
    assert (await soon(queue.take())).task == a_task(2)
    [letter] = await queue.dead()
    assert (letter.task_id, letter.task) == (a_task(1).id, None)
    assert "schema version 2" in letter.reason


async def test_a_later_release_can_redrive_what_an_older_one_could_not_read(open_queue: OpenQueue) -> None:
    later, older = open_queue(codec=LaterCodec()), open_queue()
    await later.publish(a_task(1))
    await later.publish(a_task(2))
    waiting = asyncio.create_task(older.take())

    async def both_are_dead() -> bool:
        return (await later.status()).dead == 2

    await until(both_are_dead)
    waiting.cancel()
    await older.redrive(a_task(1).id)
    await later.redrive(a_task(2).id)
    assert [(await soon(later.take())).task.id for _ in range(2)] == [a_task(1).id, a_task(2).id]


async def test_keeps_a_reason_that_is_not_quite_text(open_queue: OpenQueue) -> None:
    queue = open_queue()
    await queue.publish(a_task())
    await (await soon(queue.take())).dead("cannot read caf\udce9.py")
    assert [letter.reason for letter in await queue.dead()] == ["cannot read caf?.py"]


# -- Who holds what ---------------------------------------------------------------------------------


async def beats(clock: FakeClock, seconds: int) -> None:
    """Let time pass as it does: slowly enough for a holder to do at each beat what it has to."""
    sleepers = clock.sleepers

    async def all_sleep_again() -> bool:
        return clock.sleepers == sleepers

    for _ in range(2 * seconds):
        await clock.advance(0.5)
        await until(all_sleep_again)


async def test_a_holder_that_lives_keeps_its_task(open_queue: OpenQueue, clock: FakeClock) -> None:
    queue, other = open_queue(), open_queue()
    await queue.publish(a_task())
    lease = await soon(queue.take())
    await clock.advance(0)
    await beats(clock, 100)
    assert await other.status() == QueueStatus(held=1)
    waiting = asyncio.create_task(other.take())
    assert not (await asyncio.wait({waiting}, timeout=0.1))[0]
    waiting.cancel()
    await lease.ensure_held()


async def test_asks_the_file_whether_a_task_is_held(open_queue: OpenQueue, path: Path) -> None:
    queue = open_queue()
    await queue.publish(a_task())
    lease = await soon(queue.take())
    with closing(sqlite3.connect(path)) as thief, thief:
        thief.execute("UPDATE tasks SET token = 'another'")
    with pytest.raises(LeaseLost):
        await lease.ensure_held()
    await soon(lease.wait_lost())


async def test_an_effect_has_the_whole_of_the_lease_s_time(open_queue: OpenQueue, clock: FakeClock, path: Path) -> None:
    queue = open_queue()
    await queue.publish(a_task())
    lease = await soon(queue.take())
    await clock.advance(0.25)
    await lease.ensure_held()
    with closing(sqlite3.connect(path)) as reader:
        [(expires,)] = reader.execute("SELECT expires FROM tasks")
    assert expires == clock.now().timestamp() + LEASE_SECONDS


async def test_gives_the_task_up_when_nothing_proves_that_it_is_held(
    open_queue: OpenQueue, clock: FakeClock, path: Path
) -> None:
    queue = open_queue()
    await queue.publish(a_task())
    lease = await soon(queue.take())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await clock.advance(LEASE_SECONDS)
        await soon(lease.wait_lost())
        with pytest.raises(LeaseLost):
            await lease.ensure_held()


async def test_a_lease_that_could_not_be_ended_is_still_held(open_queue: OpenQueue, path: Path) -> None:
    queue = open_queue(busy_seconds=0.01)
    await queue.publish(a_task())
    lease = await soon(queue.take())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(QueueUnavailable):
            await lease.done()
        with pytest.raises(QueueUnavailable):
            await lease.ensure_held()
    await lease.ensure_held()
    await lease.done()
    assert await queue.status() == QueueStatus()


async def test_closing_leaves_a_held_task_to_the_next_holder(open_queue: OpenQueue, clock: FakeClock) -> None:
    queue, other = open_queue(), open_queue()
    await queue.publish(a_task())
    lease = await soon(queue.take())
    await queue.close()
    await soon(lease.wait_lost())
    await clock.advance(LEASE_SECONDS - 1)
    assert await other.status() == QueueStatus(held=1)
    await clock.advance(1)
    assert (await soon(other.take())).redeliveries == 1


async def test_closing_gives_back_what_a_taker_gets_just_then(open_queue: OpenQueue) -> None:
    other = open_queue()
    for number in range(10):
        await other.publish(a_task(number))
        queue = open_queue()
        waiting = asyncio.create_task(queue.take())
        for _ in range(number):
            await asyncio.sleep(0)
        await queue.close()
        with pytest.raises(QueueUnavailable):
            await soon(waiting)
        assert (await take_and_end(other)).attempt == 1


# -- Waiting ----------------------------------------------------------------------------------------


async def test_a_taker_of_the_same_queue_wakes_without_polling(open_queue: OpenQueue) -> None:
    queue = open_queue(poll_seconds=3600)
    waiting = asyncio.create_task(queue.take())
    await asyncio.sleep(0.02)
    await queue.publish(a_task(1, "first"))
    lease = await soon(waiting)
    await queue.publish(a_task(1, "second"))
    waiting = asyncio.create_task(queue.take())
    await asyncio.sleep(0.02)
    await lease.done()
    assert (await soon(waiting)).task == a_task(1, "second")


async def test_a_taker_of_another_queue_wakes_by_polling(open_queue: OpenQueue) -> None:
    waiting = asyncio.create_task(open_queue().take())
    await open_queue().publish(a_task())
    assert (await soon(waiting)).task == a_task()


async def test_a_locked_file_does_not_block_the_event_loop(open_queue: OpenQueue, path: Path) -> None:
    queue = open_queue()
    await queue.status()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        publishing = asyncio.create_task(queue.publish(a_task()))
        assert not (await asyncio.wait({publishing}, timeout=0.05))[0]
        other.execute("ROLLBACK")
        await soon(publishing)
    assert await queue.status() == QueueStatus(due=1)


async def test_idle_takers_leave_the_file_unlocked(open_queue: OpenQueue, path: Path) -> None:
    queue = open_queue(poll_seconds=0, busy_seconds=0)
    await queue.publish(a_task(1, "first"))
    await queue.publish(a_task(1, "second"))
    await soon(queue.take())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(queue.take())
        assert not (await asyncio.wait({waiting}, timeout=0.1))[0]
    waiting.cancel()


# -- Files that are no queue ------------------------------------------------------------------------


def make_file(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def content(path: Path) -> bytes:
    return path.read_bytes()


async def test_refuses_a_file_of_a_newer_release(open_queue: OpenQueue, path: Path) -> None:
    await open_queue().publish(a_task())
    with closing(sqlite3.connect(path)) as later:
        later.execute("PRAGMA user_version = 4")
    with pytest.raises(InvalidInput, match=r"newer release \(format 4; this one knows 3\)"):
        await open_queue().publish(a_task())


async def test_leaves_the_database_of_something_else_alone(open_queue: OpenQueue, path: Path) -> None:
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("CREATE TABLE songs (title TEXT)")
    before = content(path)
    with pytest.raises(InvalidInput, match="a database of something else"):
        await open_queue().publish(a_task())
    assert content(path) == before


async def test_refuses_a_file_that_is_no_database(open_queue: OpenQueue, path: Path) -> None:
    make_file(path, "notes to myself\n" * 100)
    with pytest.raises(InvalidInput, match="not a database"):
        await open_queue().publish(a_task())


async def test_refuses_a_path_that_is_a_folder(open_queue: OpenQueue, path: Path) -> None:
    make_file(path / "something", "")
    with pytest.raises(InvalidInput, match=r"queue\.sqlite3 cannot be used: unable to open"):
        await open_queue().take()


async def test_refuses_a_folder_that_is_a_file(open_queue: OpenQueue, path: Path) -> None:
    make_file(path, "")
    with pytest.raises(InvalidInput, match=r"queue\.sqlite3: File exists"):
        await open_queue(path / "queue.sqlite3").status()


async def test_refuses_what_does_not_lie_on_a_disk(tmp_path: Path, clock: FakeClock) -> None:
    queue = SqliteTaskQueue(type(tmp_path)(":memory:"), TaskJson(), clock, owner="queue")
    with pytest.raises(InvalidInput, match="local disk"):
        await queue.status()
    await queue.close()


async def test_says_when_the_file_is_locked_for_too_long(open_queue: OpenQueue, path: Path) -> None:
    queue = open_queue(busy_seconds=0.01)
    await queue.status()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(QueueUnavailable, match="cannot be used now: database is locked"):
            await queue.publish(a_task())
    await queue.publish(a_task())
    assert await queue.status() == QueueStatus(due=1)


async def test_tells_every_publisher_whose_task_is_not_safe(open_queue: OpenQueue, path: Path) -> None:
    queue = open_queue(busy_seconds=0.01)
    await queue.status()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        publishing = [queue.publish(a_task(number)) for number in range(5)]
        told = await asyncio.gather(*publishing, return_exceptions=True)
    assert [type(error) for error in told] == [QueueUnavailable] * 5
    assert await queue.status() == QueueStatus()


async def test_keeps_all_that_is_published_at_once_in_order(open_queue: OpenQueue) -> None:
    queue = open_queue()
    await asyncio.gather(*(queue.publish(a_task(number)) for number in range(100)))
    assert await open_queue().status() == QueueStatus(due=100)
    assert [(await take_and_end(queue)).task.issue_number for _ in range(3)] == [0, 1, 2]


async def test_a_publisher_that_stops_waiting_stops_no_other(open_queue: OpenQueue) -> None:
    queue = open_queue()
    publishing = [asyncio.create_task(queue.publish(a_task(number))) for number in range(3)]
    await asyncio.sleep(0)
    publishing[0].cancel()
    await soon(asyncio.wait(publishing))
    assert [task.cancelled() for task in publishing] == [True, False, False]
    assert await queue.status() == QueueStatus(due=3)


async def test_publishes_no_task_that_cannot_be_carried(open_queue: OpenQueue) -> None:
    queue = open_queue()
    with pytest.raises(InvalidInput, match="at most"):
        await queue.publish(replace(a_task(), body="x" * 2_000_000))
    assert await queue.status() == QueueStatus()
