"""The queue's transitions in SQL.

Every change of a held task compares the hold's token: whoever lost the hold changes nothing any more.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from adapters.sqlite.rows import Standing, dead_row, held_row, moment, storable, wish
from adapters.sqlite.schema import open_database
from application.ports.queue_admin import Pause, QueueStatus

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from adapters.sqlite.rows import DeadRow, HeldRow, Hold, NewRow
    from domain.cancellation import Cancellation
    from domain.conversation import Spend

_READY = """
    SELECT position FROM tasks AS task
    WHERE state = 'waiting' AND due <= :now
    AND NOT EXISTS (SELECT 1 FROM tasks AS other WHERE other.issue = task.issue AND other.state = 'held')
    ORDER BY position LIMIT 1
"""
_PAUSED = "SELECT 1 FROM pause"
_EXPIRED = "SELECT 1 FROM tasks WHERE state = 'held' AND expires <= :now"


class Store:
    """One connection to the queue's file. Blocking; to be used by one thread only, the one that used it first.

    `now` and all other times are seconds since 1970. Raises `sqlite3.Error` and `OSError` as they come.
    """

    def __init__(self, path: Path, *, busy_seconds: float) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._connection: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file; the next call would open it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def publish(self, rows: Sequence[NewRow]) -> None:
        """Add tasks, durably, all in one commit; those whose id is known are left out."""
        with self._writing() as db:
            db.executemany(
                "INSERT INTO tasks (id, issue, state, due, payload) VALUES (?, ?, 'waiting', ?, ?)"
                " ON CONFLICT (id) DO NOTHING",
                [(row.id, row.issue, row.due, row.payload) for row in rows],
            )

    def claim(self, hold: Hold, now: float) -> HeldRow | None:
        """Hold the next task that is due and about an issue that nobody works on.

        Whether there may be one is asked before anything is locked: this is what idle workers do all day.
        """
        if not self._may_have_work(now):
            return None
        with self._writing() as db:
            if db.execute(_PAUSED).fetchone():
                return None
            _release_expired(db, now)
            ready = db.execute(_READY, {"now": now}).fetchone()
            if ready is None:
                return None
            db.execute(
                "UPDATE tasks SET state = 'held', owner = ?, token = ?, expires = ? WHERE position = ?",
                (hold.owner, hold.token, hold.expires, ready["position"]),
            )
            row = db.execute("SELECT * FROM tasks WHERE position = ?", (ready["position"],)).fetchone()
            return held_row(row, self._wishes(row["id"]))

    def look(self, task_id: str, token: str) -> Standing | None:
        """How a hold stands; None where it is one no longer."""
        row = self._open().execute("SELECT 1 FROM tasks WHERE id = ? AND token = ?", (task_id, token)).fetchone()
        return None if row is None else Standing(self._wishes(task_id))

    def renew(self, task_id: str, token: str, expires: float) -> Standing | None:
        """Hold on until `expires`; None where the hold is one no longer."""
        with self._writing() as db:
            db.execute("UPDATE tasks SET expires = ? WHERE id = ? AND token = ?", (expires, task_id, token))
            return self.look(task_id, token)

    def finish(self, task_id: str, token: str, now: float, forget_before: float) -> bool:
        """Mark a held task as done, and forget those that were done before `forget_before`."""
        with self._writing() as db:
            finished = db.execute(
                "UPDATE tasks SET state = 'done', ended_at = ?, payload = x'', owner = NULL, token = NULL,"
                " expires = NULL WHERE id = ? AND token = ?",
                (now, task_id, token),
            )
            db.execute("DELETE FROM tasks WHERE state = 'done' AND ended_at < ?", (forget_before,))
            if finished.rowcount:
                _forget_wishes(db, task_id)
            return finished.rowcount == 1

    def retry(self, task_id: str, token: str, due: float, payload: bytes, spent: Spend) -> bool:
        """Let a held task wait until `due`, as `payload` has it now."""
        with self._writing() as db:
            _keep_spend(db, task_id, token, spent)
            waiting = db.execute(
                "UPDATE tasks SET state = 'waiting', due = ?, payload = ?, retries = retries + 1, owner = NULL,"
                " token = NULL, expires = NULL WHERE id = ? AND token = ?",
                (due, payload, task_id, token),
            )
            return waiting.rowcount == 1

    def bury(self, task_id: str, token: str, now: float, reason: str, spent: Spend) -> bool:
        """Set a held task aside."""
        with self._writing() as db:
            _keep_spend(db, task_id, token, spent)
            dead = db.execute(
                "UPDATE tasks SET state = 'dead', ended_at = ?, reason = ?, owner = NULL, token = NULL,"
                " expires = NULL WHERE id = ? AND token = ?",
                (now, storable(reason), task_id, token),
            )
            return dead.rowcount == 1

    def hand_back(self, token: str) -> bool:
        """Let a held task wait again as if it had not been taken; nothing happens where the token holds none."""
        with self._writing() as db:
            waiting = db.execute(
                "UPDATE tasks SET state = 'waiting', owner = NULL, token = NULL, expires = NULL"
                " WHERE state = 'held' AND token = ?",
                (token,),
            )
            return waiting.rowcount == 1

    def cancel(self, issue: str, cancellation: Cancellation, now: float) -> None:
        """Mark all of an issue's tasks that wait or are held, and let those that wait be taken at once."""
        at, by = cancellation.at.timestamp(), storable(cancellation.by)
        with self._writing() as db:
            db.execute(
                "INSERT INTO wishes (task, by, at, reason) SELECT id, ?, ?, ? FROM tasks"
                " WHERE issue = ? AND state IN ('waiting', 'held') ON CONFLICT DO NOTHING",
                (by, at, cancellation.reason.value, issue),
            )
            db.execute("UPDATE tasks SET due = min(due, ?) WHERE issue = ? AND state = 'waiting'", (now, issue))

    def counts(self, now: float) -> QueueStatus:
        """How many tasks there are."""
        row = (
            self._open()
            .execute(
                "SELECT count(*) FILTER (WHERE state = 'waiting' AND due <= :now) AS due,"
                " count(*) FILTER (WHERE state = 'waiting' AND due > :now) AS delayed,"
                " count(*) FILTER (WHERE state = 'held') AS held,"
                " count(*) FILTER (WHERE state = 'dead') AS dead FROM tasks",
                {"now": now},
            )
            .fetchone()
        )
        return QueueStatus(row["due"], row["delayed"], row["held"], row["dead"], self._pause())

    def knows(self, task_id: str) -> bool:
        """Whether there is a task of this id, in whatever state."""
        return self._open().execute("SELECT 1 FROM tasks WHERE id = ?", (task_id,)).fetchone() is not None

    def dead(self) -> list[DeadRow]:
        """The tasks that were set aside, the longest dead first."""
        rows = self._open().execute("SELECT * FROM tasks WHERE state = 'dead' ORDER BY ended_at, position")
        return [dead_row(row) for row in rows]

    def redrive(self, task_id: str, payload: bytes, now: float) -> bool:
        """Let a dead task wait again, as `payload` has it, as if it had been published now."""
        with self._writing() as db:
            waiting = db.execute(
                "UPDATE tasks SET state = 'waiting', due = ?, payload = ?, retries = 0, redeliveries = 0,"
                " reason = NULL, ended_at = NULL WHERE id = ? AND state = 'dead'",
                (now, payload, task_id),
            )
            if waiting.rowcount:
                _forget_wishes(db, task_id)
            return waiting.rowcount == 1

    def drop(self, task_id: str, now: float) -> bool:
        """Forget a dead task, all but its id."""
        with self._writing() as db:
            dropped = db.execute(
                "UPDATE tasks SET state = 'done', ended_at = ?, payload = x'' WHERE id = ? AND state = 'dead'",
                (now, task_id),
            )
            if dropped.rowcount:
                _forget_wishes(db, task_id)
            return dropped.rowcount == 1

    def purge(self, now: float) -> int:
        """Throw away all tasks that wait, all but their ids; those of dead holders wait, too."""
        with self._writing() as db:
            _release_expired(db, now)
            purged = db.execute(
                "UPDATE tasks SET state = 'done', ended_at = ?, payload = x'' WHERE state = 'waiting'", (now,)
            )
            db.execute("DELETE FROM wishes WHERE task IN (SELECT id FROM tasks WHERE state = 'done')")
            return purged.rowcount

    def pause(self, by: str, now: float) -> None:
        """Let nothing be taken; the first pause counts."""
        with self._writing() as db:
            db.execute("INSERT INTO pause VALUES (1, ?, ?) ON CONFLICT DO NOTHING", (storable(by), now))

    def resume(self) -> None:
        """Let tasks be taken again."""
        with self._writing() as db:
            db.execute("DELETE FROM pause")

    def _wishes(self, task_id: str) -> tuple[Cancellation, ...]:
        rows = self._open().execute("SELECT * FROM wishes WHERE task = ? ORDER BY position", (task_id,))
        return tuple(wish(row) for row in rows)

    def _pause(self) -> Pause | None:
        row = self._open().execute("SELECT wanted_by, since FROM pause").fetchone()
        return None if row is None else Pause(row["wanted_by"], moment(row["since"]))

    def _may_have_work(self, now: float) -> bool:
        found = self._open().execute(
            f"SELECT NOT EXISTS ({_PAUSED}) AND (EXISTS ({_READY}) OR EXISTS ({_EXPIRED}))", {"now": now}
        )
        return bool(found.fetchone()[0])

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_database(self._path, self._busy_seconds)
        return self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that has the file for writing from its first moment, so that it never fails half-way."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db


def _forget_wishes(db: sqlite3.Connection, task_id: str) -> None:
    db.execute("DELETE FROM wishes WHERE task = ?", (task_id,))


def _keep_spend(db: sqlite3.Connection, task_id: str, token: str, spent: Spend) -> None:
    """Write down what a held task has cost."""
    db.execute(
        "UPDATE tasks SET input_tokens = ?, output_tokens = ?, cost_usd = ?, estimated = ? WHERE id = ? AND token = ?",
        (spent.input_tokens, spent.output_tokens, spent.cost_usd, spent.estimated, task_id, token),
    )


def _release_expired(db: sqlite3.Connection, now: float) -> None:
    """Let those tasks wait again whose holders gave no sign of life for too long."""
    db.execute(
        "UPDATE tasks SET state = 'waiting', redeliveries = redeliveries + 1, owner = NULL, token = NULL,"
        " expires = NULL WHERE state = 'held' AND expires <= ?",
        (now,),
    )
