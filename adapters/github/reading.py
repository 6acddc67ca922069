"""From GitHub's structs to the domain's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.github import wire
from domain.issue import (
    AssignmentEvent,
    Comment,
    Issue,
    IssueState,
    LabelEvent,
    PullRequest,
    PullRequestState,
    Review,
    ReviewComment,
    ReviewState,
)
from domain.repository import Permission

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from domain.issue import (
        IssueKey,
    )

_NOBODY = wire.Account()
_REVIEW_STATES: Final[Mapping[str, ReviewState]] = {
    "APPROVED": ReviewState.APPROVED,
    "CHANGES_REQUESTED": ReviewState.CHANGES_REQUESTED,
    "COMMENTED": ReviewState.COMMENTED,
    "DISMISSED": ReviewState.COMMENTED,  # the words stand, the verdict does not
}
_PERMISSIONS: Final[Mapping[str, Permission]] = {
    "admin": Permission.ADMIN,
    "maintain": Permission.MAINTAIN,
    "write": Permission.WRITE,
    "triage": Permission.TRIAGE,
    "read": Permission.READ,
    "none": Permission.NONE,
}


def read_issue(found: wire.Issue, key: IssueKey, edited: Mapping[str, datetime]) -> Issue:
    """The issue, or a pull request seen as one."""
    return Issue(
        key=key,
        title=found.title,
        body=found.body or "",
        author=_account(found.user).login,
        state=IssueState.OPEN if found.state == "open" else IssueState.CLOSED,
        labels=label_names(found.labels),
        assignees=frozenset(account.login for account in found.assignees or () if account),
        updated_at=found.updated_at,
        edited_at=edited.get(found.node_id),
    )


def read_comment(found: wire.Comment, edited_at: datetime | None) -> Comment:
    """The comment."""
    author = _account(found.user)
    return Comment(
        id=found.id,
        author=author.login,
        body=found.body or "",
        created_at=found.created_at,
        updated_at=found.updated_at,
        edited_at=edited_at,
        author_is_bot=author.is_bot,
    )


def read_pull_request(found: wire.PullRequest) -> PullRequest:
    """The pull request."""
    state = PullRequestState.OPEN if found.state == "open" else PullRequestState.CLOSED
    return PullRequest(
        number=found.number,
        title=found.title,
        body=found.body or "",
        head=found.head.ref,
        base=found.base.ref,
        draft=bool(found.draft),
        state=PullRequestState.MERGED if found.merged_at else state,
        author=_account(found.user).login,
        labels=label_names(found.labels),
        url=found.html_url,
    )


def is_own_branch(found: wire.PullRequest) -> bool:
    """Whether its branch is in the repository itself, and not in somebody's fork under the same name."""
    head, base = found.head.repo, found.base.repo
    return head is not None and base is not None and head.id == base.id


def read_reviews(reviews: Iterable[wire.Review], comments: Iterable[wire.ReviewComment]) -> list[Review]:
    """The submitted reviews, oldest first, each with its comments."""
    by_review: dict[int | None, list[ReviewComment]] = {}
    for comment in comments:
        by_review.setdefault(comment.pull_request_review_id, []).append(_review_comment(comment))
    found = [
        Review(
            id=review.id,
            author=_account(review.user).login,
            author_is_bot=_account(review.user).is_bot,
            state=_REVIEW_STATES[review.state.upper()],
            body=review.body or "",
            submitted_at=review.submitted_at,
            comments=tuple(by_review.get(review.id, ())),
        )
        for review in reviews
        if review.submitted_at is not None and review.state.upper() in _REVIEW_STATES
    ]
    return sorted(found, key=lambda review: (review.submitted_at, review.id))


def read_label_events(events: Iterable[wire.Event]) -> list[LabelEvent]:
    """Who set and removed labels."""
    return [
        LabelEvent(event.label.name, event.event == "labeled", actor.login, actor.is_bot, event.created_at)
        for event in events
        if event.event in {"labeled", "unlabeled"} and event.label and event.created_at
        for actor in (_account(event.actor),)
    ]


def read_assignment_events(events: Iterable[wire.Event]) -> list[AssignmentEvent]:
    """Who assigned and unassigned people; the actor of an assignment may be the one who is assigned."""
    return [
        AssignmentEvent(event.assignee.login, event.event == "assigned", by.login, by.is_bot, event.created_at)
        for event in events
        if event.event in {"assigned", "unassigned"} and event.assignee and event.created_at
        for by in (_account(event.assigner or event.actor),)
    ]


def read_permission(found: wire.Collaborator) -> Permission:
    """By the role where it is one of GitHub's own; a role of the organization's counts as what it is built on."""
    by_role = _PERMISSIONS.get(found.role_name.lower())
    return by_role if by_role is not None else _PERMISSIONS.get(found.permission.lower(), Permission.NONE)


def label_names(labels: Iterable[wire.Label | str]) -> frozenset[str]:
    """The labels' names."""
    return frozenset(label if isinstance(label, str) else label.name for label in labels)


def _account(found: wire.Account | None) -> wire.Account:
    """Who it was; a deleted account is shown as GitHub's ghost."""
    return found or _NOBODY


def _review_comment(found: wire.ReviewComment) -> ReviewComment:
    return ReviewComment(
        id=found.id,
        author=_account(found.user).login,
        path=found.path,
        line=found.line,
        body=found.body or "",
        created_at=found.created_at,
        hunk=found.diff_hunk,
        in_reply_to=found.in_reply_to_id,
    )
