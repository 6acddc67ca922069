"""What was found out about blobs, kept on disk so that the next search reads only what is new.

One SQLite file that several processes may share. It is a cache and nothing more: what cannot be read, written or
trusted counts as not there, and no error of it reaches the search.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
import zlib
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_log = logging.getLogger(__name__)

FILE_NAME = "code-search.sqlite"
_BUSY_SECONDS = 2.0
_MAX_ASKED = 500
_DAY_SECONDS = 86_400
_CHECKSUM_BYTES = 4
_KEPT_SHARE = 0.75
"""When it has grown too large, what was used last stays, up to this share of the bound."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL, key TEXT NOT NULL, data BLOB NOT NULL, used_day INTEGER NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID
"""


class BlobCache:
    """Records by kind and key in `folder`, about `max_bytes` of them at most; those not used for longest go first."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._file = folder / FILE_NAME
        self._max_bytes = max_bytes
        self._lock = threading.Lock()

    def read(self, kind: str, keys: Iterable[str]) -> dict[str, bytes]:
        """The records that there are, and are sound."""
        found: dict[str, bytes] = {}
        asked = list(keys)
        with self._tolerant(), closing(self._open()) as connection:
            for start in range(0, len(asked), _MAX_ASKED):
                found |= _read(connection, kind, asked[start : start + _MAX_ASKED])
        return found

    def write(self, kind: str, records: Mapping[str, bytes]) -> None:
        """Keep records, in place of older ones with the same key."""
        rows = [(kind, key, _sealed(data), _today()) for key, data in records.items()]
        with self._tolerant(), closing(self._open()) as connection:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", rows)
            if _bytes_used(connection) > self._max_bytes:
                _shrink(connection, int(self._max_bytes * _KEPT_SHARE))

    @contextmanager
    def _tolerant(self) -> Iterator[None]:
        """One at a time; trouble with the file ends what is done with it, and is logged."""
        try:
            with self._lock:
                yield
        except sqlite3.OperationalError as error:  # busy, read-only, full
            _log.warning("the cache of the code search is not used: %s (%s)", error, self._file)
        except sqlite3.DatabaseError as error:
            _log.warning("the cache of the code search is damaged, and begun anew: %s (%s)", error, self._file)
            for damaged in self._file.parent.glob(f"{FILE_NAME}*"):
                damaged.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("the cache of the code search is not used: %s (%s)", error.strerror, self._file)

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(self._file, timeout=_BUSY_SECONDS, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")  # what a crash damages is made anew
            connection.execute(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _read(connection: sqlite3.Connection, kind: str, keys: list[str]) -> dict[str, bytes]:
    marks = ", ".join("?" * len(keys))
    query = f"SELECT key, data, used_day FROM records WHERE kind = ? AND key IN ({marks})"  # noqa: S608 - marks only
    rows = connection.execute(query, (kind, *keys)).fetchall()
    stale = [(_today(), kind, key) for key, _, used_day in rows if used_day != _today()]
    if stale:
        with connection:
            connection.executemany("UPDATE records SET used_day = ? WHERE kind = ? AND key = ?", stale)
    return {key: data for key, sealed, _ in rows if (data := _unsealed(sealed)) is not None}


def _sealed(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(_CHECKSUM_BYTES, "big") + data


def _unsealed(sealed: object) -> bytes | None:
    """The record, unless it is not what was written."""
    if not isinstance(sealed, bytes):
        return None
    data = sealed[_CHECKSUM_BYTES:]
    return data if zlib.crc32(data).to_bytes(_CHECKSUM_BYTES, "big") == sealed[:_CHECKSUM_BYTES] else None


def _bytes_used(connection: sqlite3.Connection) -> int:
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * size)


def _shrink(connection: sqlite3.Connection, kept_bytes: int) -> None:
    """Remove the records that were not used for longest; the file keeps its size, and its pages are used again."""
    with connection:
        connection.execute(
            """
            DELETE FROM records WHERE (kind, key) IN (
                SELECT kind, key FROM (
                    SELECT kind, key, SUM(LENGTH(data)) OVER (ORDER BY used_day DESC, kind, key) AS total FROM records
                ) WHERE total > ?
            )
            """,
            (kept_bytes,),
        )


def _today() -> int:
    return int(time.time() // _DAY_SECONDS)
