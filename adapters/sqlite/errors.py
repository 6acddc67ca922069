"""SQLite's errors in the words of the domain: the one place where they are translated."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from domain.errors import InvalidInput, QueueUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PRIMARY = 0xFF
"""The low byte of an extended result code is the primary one."""

ERRORS: dict[int, type[QueueUnavailable | InvalidInput]] = {
    # It may pass: somebody else writes, memory or disk is short, the disk hiccups.
    sqlite3.SQLITE_ABORT: QueueUnavailable,
    sqlite3.SQLITE_BUSY: QueueUnavailable,
    sqlite3.SQLITE_LOCKED: QueueUnavailable,
    sqlite3.SQLITE_NOMEM: QueueUnavailable,
    sqlite3.SQLITE_INTERRUPT: QueueUnavailable,
    sqlite3.SQLITE_IOERR: QueueUnavailable,
    sqlite3.SQLITE_FULL: QueueUnavailable,
    sqlite3.SQLITE_PROTOCOL: QueueUnavailable,
    sqlite3.SQLITE_SCHEMA: QueueUnavailable,
    # It stays so until a person changes the path, the file or its permissions.
    sqlite3.SQLITE_PERM: InvalidInput,
    sqlite3.SQLITE_READONLY: InvalidInput,
    sqlite3.SQLITE_CANTOPEN: InvalidInput,
    sqlite3.SQLITE_NOTADB: InvalidInput,
    sqlite3.SQLITE_CORRUPT: InvalidInput,
    sqlite3.SQLITE_FORMAT: InvalidInput,
    sqlite3.SQLITE_NOLFS: InvalidInput,
    sqlite3.SQLITE_AUTH: InvalidInput,
    # The file is not what this code believes it to be, or the code is wrong: trying again helps neither.
    sqlite3.SQLITE_ERROR: InvalidInput,
    sqlite3.SQLITE_INTERNAL: InvalidInput,
    sqlite3.SQLITE_NOTFOUND: InvalidInput,
    sqlite3.SQLITE_EMPTY: InvalidInput,
    sqlite3.SQLITE_TOOBIG: InvalidInput,
    sqlite3.SQLITE_CONSTRAINT: InvalidInput,
    sqlite3.SQLITE_MISMATCH: InvalidInput,
    sqlite3.SQLITE_MISUSE: InvalidInput,
    sqlite3.SQLITE_RANGE: InvalidInput,
}
"""Every primary result code that is an error."""

PASSING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE})
"""The operating system's errors that may pass; a person must see to all others."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what goes wrong with the file at `path` into `QueueUnavailable` or `InvalidInput`."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise translate(error, path) from error


def translate(error: sqlite3.Error | OSError, path: Path) -> QueueUnavailable | InvalidInput:
    """The domain's error for SQLite's, or for the operating system's when the file or its folder is made."""
    if _kind(error) is QueueUnavailable:
        return QueueUnavailable(f"the queue file {path} cannot be used now: {_words(error)}")
    return InvalidInput(f"the queue file {path} cannot be used: {_words(error)}")


def _kind(error: sqlite3.Error | OSError) -> type[QueueUnavailable | InvalidInput]:
    if isinstance(error, OSError):
        return QueueUnavailable if error.errno in PASSING else InvalidInput
    return ERRORS.get(_primary_code(error), InvalidInput)


def _primary_code(error: sqlite3.Error) -> int:
    """The primary result code; Python's own complaints about a wrong call carry none and count as misuse."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE)
    return code & _PRIMARY


def _words(error: sqlite3.Error | OSError) -> str:
    return f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else str(error)
