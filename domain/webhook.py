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
    """The comment that an event is about, its text as it stood then."""

    id: int
    body: str


@dataclass(frozen=True, slots=True)
class IssueEvent:
    """A verified event about an issue, or about a comment on one, as the forge sent it.

    `action` is the forge's word (`labeled`, `assigned`, …); where there is a `comment`, it is what happened to that.
    `label` and `assignee` are what the action is about. `updated_at` is kept as the payload spells it, for it names
    the trigger. `received_at` is UTC. `sender_id` is 0 where the forge does not say.
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


@dataclass(frozen=True, slots=True)
class StartTask:
    """Queue this task."""

    task: Task


@dataclass(frozen=True, slots=True)
class CancelWork:
    """Ask whoever works on the issue to stop."""

    issue: IssueKey
    cancellation: Cancellation


@dataclass(frozen=True, slots=True)
class Ignore:
    """Do nothing, and say why."""

    reason: str


Decision = StartTask | CancelWork | Ignore
