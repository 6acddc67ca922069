"""GitHub's payloads about issues, comments, pull requests and reviews, read only as far as they are needed.

Servers of different ages send different payloads, so whatever the agent can do without has a default. The shapes are
those of GitHub's page "Webhook events and payloads".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from domain.errors import InvalidInput
from domain.repository import RepositoryRef
from domain.webhook import EventComment, EventReview, IssueEvent

_Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
_Text = Annotated[str, Meta(min_length=1)]
_Moment = Annotated[datetime, Meta(tz=True)]


class _Account(Struct):
    login: _Text
    id: int = 0
    type: str = ""

    @property
    def is_bot(self) -> bool:
        """Whether this is an App; only their logins end in `[bot]`, and some servers leave out the type."""
        return self.type == "Bot" or self.login.endswith("[bot]")


class _Label(Struct):
    name: _Text


class _Repository(Struct):
    id: _Id
    full_name: str


class _IsPullRequest(Struct):
    """Present where the issue is in truth a pull request; what it says does not matter."""


class _Issue(Struct):
    number: _Id
    updated_at: _Text
    state: str = ""
    title: str | None = None
    body: str | None = None
    labels: list[_Label] | None = None
    assignees: list[_Account | None] | None = None
    pull_request: _IsPullRequest | None = None


class _IssuesPayload(Struct):
    action: _Text
    issue: _Issue
    repository: _Repository
    sender: _Account
    label: _Label | None = None
    assignee: _Account | None = None


class _Comment(Struct):
    id: _Id
    body: str | None = None
    created_at: _Moment | None = None


class _CommentPayload(_IssuesPayload, kw_only=True):
    comment: _Comment


class _Head(Struct):
    ref: str = ""
    repo: _Repository | None = None


class _PullRequest(Struct):
    number: _Id
    updated_at: _Text
    state: str = ""
    title: str | None = None
    body: str | None = None
    head: _Head | None = None


class _PullRequestPayload(Struct):
    action: _Text
    pull_request: _PullRequest
    repository: _Repository
    sender: _Account


class _Review(Struct):
    id: _Id
    state: str = ""
    submitted_at: _Moment | None = None


class _ReviewPayload(_PullRequestPayload, kw_only=True):
    review: _Review


_Payload = _IssuesPayload | _PullRequestPayload
_TYPES: dict[str, type[_Payload]] = {
    "issues": _IssuesPayload,
    "issue_comment": _CommentPayload,
    "pull_request": _PullRequestPayload,
    "pull_request_review": _ReviewPayload,
}
_DECODERS = {event: msgspec.json.Decoder(kind) for event, kind in _TYPES.items()}
EVENTS = frozenset(_DECODERS)
"""The events that can be read."""


def read_issue_event(body: bytes, *, event: str, forge: str, delivery: str, received_at: datetime) -> IssueEvent:
    """What the body of a delivery of one of `EVENTS` reports.

    Raises `InvalidInput`, saying what is wrong and where, for anything that is not such a payload.
    """
    payload = _decode(body, event)
    if isinstance(payload, _PullRequestPayload):
        return _about_pull_request(payload, forge, delivery, received_at)
    return _about_issue(payload, forge, delivery, received_at)


def _about_issue(payload: _IssuesPayload, forge: str, delivery: str, received_at: datetime) -> IssueEvent:
    issue = payload.issue
    return IssueEvent(
        action=payload.action,
        repository=RepositoryRef(forge, payload.repository.id, payload.repository.full_name),
        issue_number=issue.number,
        title=issue.title or "",
        body=issue.body or "",
        labels=frozenset(label.name for label in issue.labels or ()),
        assignees=frozenset(account.login for account in issue.assignees or () if account),
        is_open=issue.state == "open",
        is_pull_request=issue.pull_request is not None,
        updated_at=issue.updated_at,
        sender=payload.sender.login,
        sender_is_bot=payload.sender.is_bot,
        received_at=received_at,
        label=payload.label.name if payload.label else "",
        assignee=payload.assignee.login if payload.assignee else "",
        delivery=delivery,
        sender_id=payload.sender.id,
        comment=_comment(payload, received_at),
    )


def _about_pull_request(payload: _PullRequestPayload, forge: str, delivery: str, received_at: datetime) -> IssueEvent:
    pull_request = payload.pull_request
    return IssueEvent(
        action=payload.action,
        repository=RepositoryRef(forge, payload.repository.id, payload.repository.full_name),
        issue_number=pull_request.number,
        title=pull_request.title or "",
        body=pull_request.body or "",
        labels=frozenset(),
        assignees=frozenset(),
        is_open=pull_request.state == "open",
        is_pull_request=True,
        updated_at=pull_request.updated_at,
        sender=payload.sender.login,
        sender_is_bot=payload.sender.is_bot,
        received_at=received_at,
        delivery=delivery,
        sender_id=payload.sender.id,
        review=_review(payload, received_at),
        head=_own_branch(payload),
    )


def _comment(payload: _IssuesPayload, received_at: datetime) -> EventComment | None:
    if not isinstance(payload, _CommentPayload):
        return None
    comment = payload.comment
    return EventComment(comment.id, comment.body or "", _utc(comment.created_at) or received_at)


def _review(payload: _PullRequestPayload, received_at: datetime) -> EventReview | None:
    if not isinstance(payload, _ReviewPayload):
        return None
    review = payload.review
    return EventReview(
        review.id, review.state.casefold() == "changes_requested", _utc(review.submitted_at) or received_at
    )


def _own_branch(payload: _PullRequestPayload) -> str:
    """The branch of a pull request within the repository; one from a fork may have any name, and is nobody's."""
    head = payload.pull_request.head
    return head.ref if head and head.repo and head.repo.id == payload.repository.id else ""


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


def _decode(body: bytes, event: str) -> _Payload:
    try:
        return _DECODERS[event].decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"the payload cannot be read: {error}"
        raise InvalidInput(message) from error
    except RecursionError as error:
        message = "the payload cannot be read: it is nested too deeply"
        raise InvalidInput(message) from error
