"""What the forge in memory holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.errors import InvalidInput, NotFound
from domain.issue import Issue, IssueState, PullRequest, PullRequestState

if TYPE_CHECKING:
    from datetime import datetime

    from domain.issue import AssignmentEvent, Comment, IssueKey, LabelEvent, PullRequestDraft, Reaction, Review
    from domain.repository import Permission, RepositoryRef


@dataclass
class FakeThread:
    """An issue, or a pull request (it has a `head`): its facts as they are now, its comments, who reacted to what."""

    title: str
    body: str
    author: str
    updated_at: datetime
    state: PullRequestState = PullRequestState.OPEN
    labels: set[str] = field(default_factory=set)
    assignees: set[str] = field(default_factory=set)
    comments: list[Comment] = field(default_factory=list)
    reactions: set[tuple[int | None, Reaction, str]] = field(default_factory=set)
    edited_at: datetime | None = None
    label_events: list[LabelEvent] = field(default_factory=list)
    assignment_events: list[AssignmentEvent] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    head: str = ""
    base: str = ""
    draft: bool = False


@dataclass
class FakeRepository:
    """A repository; `branches` says how many commits each is ahead of the default branch."""

    ref: RepositoryRef
    default_branch: str
    location: str
    branches: dict[str, int]
    permissions: dict[str, Permission] = field(default_factory=dict)
    threads: dict[int, FakeThread] = field(default_factory=dict)


def require_marker(marker: str, body: str) -> None:
    if not marker or marker not in body:
        message = f"the marker {marker!r} must be in the comment's text"
        raise InvalidInput(message)


def add_thread(repository: FakeRepository, thread: FakeThread) -> int:
    number = len(repository.threads) + 1
    repository.threads[number] = thread
    return number


def require_ahead(repository: FakeRepository, draft: PullRequestDraft) -> None:
    for branch in (draft.head, draft.base):
        if branch not in repository.branches:
            message = f"{repository.ref} has no branch {branch!r}"
            raise NotFound(message)
    if repository.branches[draft.head] <= repository.branches[draft.base]:
        message = f"{draft.head!r} has no commit that {draft.base!r} has not"
        raise InvalidInput(message)


def as_issue(key: IssueKey, thread: FakeThread) -> Issue:
    return Issue(
        key=key,
        title=thread.title,
        body=thread.body,
        author=thread.author,
        state=IssueState.OPEN if thread.state is PullRequestState.OPEN else IssueState.CLOSED,
        labels=frozenset(thread.labels),
        assignees=frozenset(thread.assignees),
        updated_at=thread.updated_at,
        edited_at=thread.edited_at,
    )


def as_pull_request(repository: RepositoryRef, number: int, thread: FakeThread) -> PullRequest:
    return PullRequest(
        number=number,
        title=thread.title,
        body=thread.body,
        head=thread.head,
        base=thread.base,
        draft=thread.draft,
        state=thread.state,
        author=thread.author,
        labels=frozenset(thread.labels),
        url=f"https://forge.example/{repository}/pull/{number}",
    )
