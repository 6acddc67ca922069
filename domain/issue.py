"""An issue, its comments, and the pull requests that answer it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from domain.repository import RepositoryRef


class IssueState(StrEnum):
    """Open or closed."""

    OPEN = "open"
    CLOSED = "closed"


class PullRequestState(StrEnum):
    """Merged is its own state: a merged pull request is not merely closed."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


class Reaction(StrEnum):
    """The reactions that the agent uses."""

    EYES = "eyes"


class ReviewState(StrEnum):
    """What a review says of the pull request as a whole."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    COMMENTED = "commented"


@dataclass(frozen=True, slots=True)
class IssueKey:
    """One issue of one repository: at most one task about it runs at a time."""

    repository: RepositoryRef
    number: int

    def __str__(self) -> str:
        """`owner/name#12`."""
        return f"{self.repository}#{self.number}"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on an issue or a pull request; times are UTC.

    `edited_at` is when its text was last edited, None where it never was.
    """

    id: int
    author: str
    body: str
    created_at: datetime
    updated_at: datetime
    edited_at: datetime | None = None
    author_is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as the forge has it now; times are UTC.

    `updated_at` moves with everything that happens to it, `edited_at` only with its title and text (None: never).
    """

    key: IssueKey
    title: str
    body: str
    author: str
    state: IssueState
    labels: frozenset[str]
    assignees: frozenset[str]
    updated_at: datetime
    edited_at: datetime | None = None

    def has_label(self, name: str) -> bool:
        """Whether it carries a label; forges compare without regard to case."""
        return name.casefold() in {label.casefold() for label in self.labels}

    def is_assigned_to(self, login: str) -> bool:
        """Whether a person is among the assignees, compared likewise."""
        return login.casefold() in {assignee.casefold() for assignee in self.assignees}


@dataclass(frozen=True, slots=True)
class PullRequestDraft:
    """What is needed to open a pull request; `draft` decides whether it is ready for review."""

    title: str
    body: str
    head: str
    base: str
    draft: bool


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as the forge has it now; `url` is where a person reads it (a path on the local forge)."""

    number: int
    title: str
    body: str
    head: str
    base: str
    draft: bool
    state: PullRequestState
    author: str
    labels: frozenset[str]
    url: str


@dataclass(frozen=True, slots=True)
class ReviewComment:
    """A reviewer's comment on one place of the change; the time is UTC.

    `line` counts from 1 in the file as the pull request has it, None where the comment is on the file or its line is no
    longer there. `hunk` is the part of the diff that it was written on, "" where the forge does not say. `in_reply_to`
    is the id of the comment that it answers.
    """

    id: int
    author: str
    path: str
    line: int | None
    body: str
    created_at: datetime
    hunk: str = ""
    in_reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A review that was submitted; the time is UTC.

    An answer to a review's comment is a review of its own, as on GitHub.
    """

    id: int
    author: str
    author_is_bot: bool
    state: ReviewState
    body: str
    submitted_at: datetime
    comments: tuple[ReviewComment, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """Somebody set a label (`added`) or removed it; the time is UTC."""

    label: str
    added: bool
    by: str
    by_is_bot: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class AssignmentEvent:
    """Somebody assigned a person (`added`) or unassigned one; the time is UTC."""

    assignee: str
    added: bool
    by: str
    by_is_bot: bool
    at: datetime
