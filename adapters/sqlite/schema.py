"""The queue's file: its tables, its version, and how it is opened.

Durability: the journal is a write-ahead log, and `synchronous=FULL` makes each commit wait until the log has reached
the disk (`NORMAL` would keep the file whole, but may forget the last commits when the power fails, after a webhook was
told "accepted"). On macOS `fullfsync` makes that wait reach past the drive's own cache; elsewhere it has no effect.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from domain.errors import InvalidInput

APPLICATION_ID = 0x434F4451
"""Marks the file as this agent's queue ("CODQ")."""

VERSION = 3
"""Format 2 knows a pause, and all who want a task to stop; format 3 what a task has cost."""

_NO_FILE = Path(":memory:")
"""SQLite's name for a database without a file; it has no write-ahead log and is refused for that."""

_TABLES = (
    # Times are seconds since 1970 in UTC. `token` names the one hold that may change a held task (it fences off all
    # earlier holders), `ended_at` is when a task was done or died. A task that is done stays a while, without its
    # payload, so that the same request is not taken twice.
    """
    CREATE TABLE tasks (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        issue TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'dead', 'done')),
        due REAL NOT NULL,
        retries INTEGER NOT NULL DEFAULT 0,
        redeliveries INTEGER NOT NULL DEFAULT 0,
        owner TEXT,
        token TEXT,
        expires REAL,
        reason TEXT,
        ended_at REAL,
        payload BLOB NOT NULL
    )
    """,
    "CREATE INDEX waiting_in_order ON tasks (position, due, issue) WHERE state = 'waiting'",
    # Not only an index: it is what makes two tasks about one issue at a time impossible.
    "CREATE UNIQUE INDEX one_held_an_issue ON tasks (issue) WHERE state = 'held'",
    "CREATE INDEX of_an_issue ON tasks (issue)",
    "CREATE INDEX ended ON tasks (state, ended_at) WHERE ended_at IS NOT NULL",
)

_TABLES_OF_FORMAT_2 = (
    # Who wants a task to stop; gone when the task is done, or brought back from the dead.
    """
    CREATE TABLE wishes (
        position INTEGER PRIMARY KEY,
        task TEXT NOT NULL,
        by TEXT NOT NULL,
        at REAL NOT NULL,
        reason TEXT NOT NULL,
        UNIQUE (task, by, reason)
    )
    """,
    # At most one row; while there is one, no task may be taken.
    "CREATE TABLE pause (only INTEGER PRIMARY KEY CHECK (only = 1), wanted_by TEXT NOT NULL, since REAL NOT NULL)",
)

_COLUMNS_OF_FORMAT_3 = tuple(
    f"ALTER TABLE tasks ADD COLUMN {column}"
    for column in (
        "input_tokens INTEGER NOT NULL DEFAULT 0",
        "output_tokens INTEGER NOT NULL DEFAULT 0",
        "cost_usd REAL DEFAULT 0",  # NULL: nobody knows
        "estimated INTEGER NOT NULL DEFAULT 0",
    )
)

_FROM_FORMAT_1 = (
    """
    INSERT INTO wishes (task, by, at, reason)
        SELECT id, cancelled_by, cancelled_at, cancel_reason FROM tasks WHERE cancelled_at IS NOT NULL
    """,
    *(f"ALTER TABLE tasks DROP COLUMN {column}" for column in ("cancelled_by", "cancelled_at", "cancel_reason")),
)


def open_database(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """A connection to the queue's file, which is made, with its folder, where there is none.

    Raises `sqlite3.Error` or `OSError` as they come, and `InvalidInput` for a file of another kind or a newer version.
    """
    _make_file(path)
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    try:
        _prepare(connection, path, busy_seconds)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_file(path: Path) -> None:
    """Issues of private repositories wait in the file, so that only its owner may read it."""
    if not path.exists() and path != _NO_FILE:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)


def _prepare(connection: sqlite3.Connection, path: Path, busy_seconds: float) -> None:
    connection.row_factory = sqlite3.Row
    _check(connection, path)
    _set_journal(connection, path, busy_seconds)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")
    if _number(connection, "user_version") < VERSION:
        _make_tables(connection)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse what is not our file before anything in it is changed.

    One transaction reads all three marks, for another process may be making the file at this moment.
    """
    with connection:
        connection.execute("BEGIN")
        application = _number(connection, "application_id")
        version = _number(connection, "user_version")
        tables: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != APPLICATION_ID and (application or tables):
        message = f"{path} is a database of something else: name another file for the queue"
        raise InvalidInput(message)
    if version > VERSION:
        message = (
            f"the queue file {path} was made by a newer release (format {version}; this one knows {VERSION}): "
            "upgrade, or name another file"
        )
        raise InvalidInput(message)


def _set_journal(connection: sqlite3.Connection, path: Path, busy_seconds: float) -> None:
    """Turn the write-ahead log on.

    The switch needs the file for itself for a moment and, unlike other statements, does not wait for it.
    """
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            break
    if mode != "wal":
        message = f"the queue file {path} must lie on a local disk: its file system cannot share a write-ahead log"
        raise InvalidInput(message)


def _make_tables(connection: sqlite3.Connection) -> None:
    """Make what the file has not yet, be it new or of an older format."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        version = _number(connection, "user_version")
        for statement in _steps_from(version):
            connection.execute(statement)
        if version < VERSION:
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _steps_from(version: int) -> tuple[str, ...]:
    """What makes a file of this format one of the newest."""
    steps = {
        0: (*_TABLES, *_TABLES_OF_FORMAT_2, *_COLUMNS_OF_FORMAT_3),
        1: (*_TABLES_OF_FORMAT_2, *_FROM_FORMAT_1, *_COLUMNS_OF_FORMAT_3),
        2: _COLUMNS_OF_FORMAT_3,
    }
    return steps.get(version, ())


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    number: int = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    return number
