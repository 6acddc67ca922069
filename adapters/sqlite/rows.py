"""What goes into the queue's table and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from domain.cancellation import Cancellation, CancelReason
from domain.conversation import Spend

if TYPE_CHECKING:
    import sqlite3

    from domain.issue import IssueKey


@dataclass(frozen=True, slots=True)
class NewRow:
    """A task to be published; `due` in seconds since 1970."""

    id: str
    issue: str
    due: float
    payload: bytes


@dataclass(frozen=True, slots=True)
class Hold:
    """By what a task is held: the token that only this hold knows, who holds it, and until when (since 1970)."""

    token: str
    owner: str
    expires: float


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A task as it was when it was taken."""

    id: str
    payload: bytes
    retries: int
    redeliveries: int
    spent: Spend
    wishes: tuple[Cancellation, ...]


@dataclass(frozen=True, slots=True)
class DeadRow:
    """A task that was set aside."""

    id: str
    payload: bytes
    reason: str
    died_at: datetime
    attempt: int
    spent: Spend


@dataclass(frozen=True, slots=True)
class Standing:
    """A hold that still is one, and who wants the work to stop."""

    wishes: tuple[Cancellation, ...]


def issue_text(issue: IssueKey) -> str:
    """The issue as the table knows it: by the repository's id, which survives renaming."""
    return f"{issue.repository.forge} {issue.repository.id} {issue.number}"


def held_row(row: sqlite3.Row, wishes: tuple[Cancellation, ...]) -> HeldRow:
    """A taken task."""
    return HeldRow(row["id"], row["payload"], row["retries"], row["redeliveries"], _spent(row), wishes)


def dead_row(row: sqlite3.Row) -> DeadRow:
    """A dead one."""
    attempt = 1 + row["retries"] + row["redeliveries"]
    return DeadRow(row["id"], row["payload"], row["reason"], moment(row["ended_at"]), attempt, _spent(row))


def _spent(row: sqlite3.Row) -> Spend:
    return Spend(row["input_tokens"], row["output_tokens"], row["cost_usd"], bool(row["estimated"]))


def wish(row: sqlite3.Row) -> Cancellation:
    """Somebody's wish that a task stop."""
    return Cancellation(row["by"], moment(row["at"]), CancelReason(row["reason"]))


def storable(text: str) -> str:
    """The text with half characters (from file names that are not UTF-8, say) replaced: SQLite stores none."""
    return text.encode(errors="replace").decode()


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as a time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
