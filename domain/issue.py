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
    """A comment on an issue or a pull request; times are UTC."""

    id: int
    author: str
    body: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as the forge has it now; times are UTC."""

    key: IssueKey
    title: str
    body: str
    author: str
    state: IssueState
    labels: frozenset[str]
    assignees: frozenset[str]
    updated_at: datetime

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
