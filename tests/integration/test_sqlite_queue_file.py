"""Files that can be the durable queue's, and files that cannot."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapters.sqlite.queue import SqliteTaskQueue
from adapters.task_json.codec import TaskJson
from application.ports.queue_admin import Pause, QueueStatus
from domain.cancellation import Cancellation, CancelReason
from domain.conversation import Spend
from domain.errors import InvalidInput
from tests.fakes.clock import START, FakeClock
from tests.fakes.queued_tasks import a_task

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SPENT = ("input_tokens", "output_tokens", "cost_usd", "estimated")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite3"


@asynccontextmanager
async def queue_at(path: Path) -> AsyncIterator[SqliteTaskQueue]:
    queue = SqliteTaskQueue(path, TaskJson(), FakeClock(), owner="queue")
    yield queue
    await queue.close()


def make_file(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def content(path: Path) -> bytes:
    return path.read_bytes()


async def refusal(path: Path) -> str:
    """In which words a queue in this file is refused."""
    async with queue_at(path) as queue:
        with pytest.raises(InvalidInput) as caught:
            await queue.publish(a_task())
    return str(caught.value)


async def test_makes_the_file_and_its_folder_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "agent" / "queue.sqlite3"
    async with queue_at(path) as queue:
        await queue.publish(a_task())
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


async def test_refuses_a_file_of_a_newer_release(path: Path) -> None:
    async with queue_at(path) as queue:
        await queue.publish(a_task())
    with closing(sqlite3.connect(path)) as later:
        later.execute("PRAGMA user_version = 4")
    assert "newer release (format 4; this one knows 3)" in await refusal(path)


async def test_goes_on_with_a_file_of_an_older_release(path: Path) -> None:
    async with queue_at(path) as queue:
        await queue.publish(a_task())
    with closing(sqlite3.connect(path)) as earlier:
        for table in ("pause", "wishes"):
            earlier.execute(f"DROP TABLE {table}")
        for column in SPENT:
            earlier.execute(f"ALTER TABLE tasks DROP COLUMN {column}")
        for column in ("cancelled_by TEXT", "cancelled_at REAL", "cancel_reason TEXT"):
            earlier.execute(f"ALTER TABLE tasks ADD COLUMN {column}")
        earlier.execute("UPDATE tasks SET cancelled_by = 'rosa', cancelled_at = 0, cancel_reason = 'closed'")
        earlier.execute("PRAGMA user_version = 1")
        earlier.commit()
    async with queue_at(path) as queue:
        wish = Cancellation("rosa", datetime.fromtimestamp(0, UTC), CancelReason.CLOSED)
        assert (await queue.take()).cancelled == (wish,)
        await queue.pause("otto")
        assert await queue.status() == QueueStatus(held=1, paused=Pause("otto", START))


async def test_goes_on_with_a_file_of_the_release_before(path: Path) -> None:
    async with queue_at(path) as queue:
        await queue.publish(a_task())
    with closing(sqlite3.connect(path)) as earlier:
        for column in SPENT:
            earlier.execute(f"ALTER TABLE tasks DROP COLUMN {column}")
        earlier.execute("PRAGMA user_version = 2")
        earlier.commit()
    async with queue_at(path) as queue:
        assert (await queue.take()).spent == Spend()


async def test_leaves_the_database_of_something_else_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("CREATE TABLE songs (title TEXT)")
    before = content(path)
    assert "a database of something else" in await refusal(path)
    assert content(path) == before


async def test_refuses_a_file_that_is_no_database(path: Path) -> None:
    make_file(path, "notes to myself\n" * 100)
    assert "not a database" in await refusal(path)


async def test_refuses_a_path_that_is_a_folder(path: Path) -> None:
    make_file(path / "something", "")
    assert "queue.sqlite3 cannot be used: unable to open" in await refusal(path)


async def test_refuses_a_folder_that_is_a_file(path: Path) -> None:
    make_file(path, "")
    assert "queue.sqlite3: File exists" in await refusal(path / "queue.sqlite3")


async def test_refuses_what_does_not_lie_on_a_disk() -> None:
    assert "local disk" in await refusal(Path(":memory:"))
