"""What a forge reports about an issue, and what is to be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from domain.cancellation import Cancellation
    from domain.issue import IssueKey
    from domain.repository import RepositoryRef
    from domain.task import Task


@dataclass(frozen=True, slots=True)
class EventComment:
    """The comment that an event is about, its text as it stood then, and when it was made (UTC)."""

    id: int
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class EventReview:
    """The review that an event is about, and when it was submitted (UTC)."""

    id: int
    requests_changes: bool
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class IssueEvent:
    """A verified event about an issue, or about a comment on one, as the forge sent it.

    `action` is the forge's word (`labeled`, `assigned`, …); where there is a `comment`, it is what happened to that.
    `label` and `assignee` are what the action is about. `updated_at` is kept as the payload spells it, for it names
    the trigger. `received_at` is UTC. `sender_id` is 0 where the forge does not say. `head` is a pull request's branch
    where the event tells of it, "" for one of another repository.
    """

    action: str
    repository: RepositoryRef
    issue_number: int
    title: str
    body: str
    labels: frozenset[str]
    assignees: frozenset[str]
    is_open: bool
    is_pull_request: bool
    updated_at: str
    sender: str
    sender_is_bot: bool
    received_at: datetime
    label: str = ""
    assignee: str = ""
    delivery: str = ""
    sender_id: int = 0
    comment: EventComment | None = None
    review: EventReview | None = None
    head: str = ""


@dataclass(frozen=True, slots=True)
class StartTask:
    """Queue this task."""

    task: Task


@dataclass(frozen=True, slots=True)
class CancelWork:
    """Ask whoever works on the issue to stop; `then` is queued behind, and tells or clears what is left."""

    issue: IssueKey
    cancellation: Cancellation
    then: Task | None = None


@dataclass(frozen=True, slots=True)
class Ignore:
    """Do nothing, and say why."""

    reason: str


Decision = StartTask | CancelWork | Ignore
