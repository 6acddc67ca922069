"""GitHub's `issues` and `issue_comment` payloads, read only as far as they are needed.

Servers of different ages send different payloads, so whatever the agent can do without has a default. The shapes are
those of GitHub's page "Webhook events and payloads".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from domain.errors import InvalidInput
from domain.repository import RepositoryRef
from domain.webhook import EventComment, IssueEvent

if TYPE_CHECKING:
    from datetime import datetime

_Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
_Text = Annotated[str, Meta(min_length=1)]


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


class _PullRequest(Struct):
    """Present where the issue is in truth a pull request; what it says does not matter."""


class _Issue(Struct):
    number: _Id
    updated_at: _Text
    state: str = ""
    title: str | None = None
    body: str | None = None
    labels: list[_Label] | None = None
    assignees: list[_Account | None] | None = None
    pull_request: _PullRequest | None = None


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


class _CommentPayload(_IssuesPayload, kw_only=True):
    comment: _Comment


_DECODERS: dict[str, msgspec.json.Decoder[_IssuesPayload] | msgspec.json.Decoder[_CommentPayload]] = {
    "issues": msgspec.json.Decoder(_IssuesPayload),
    "issue_comment": msgspec.json.Decoder(_CommentPayload),
}
EVENTS = frozenset(_DECODERS)
"""The events that can be read."""


def read_issue_event(body: bytes, *, event: str, forge: str, delivery: str, received_at: datetime) -> IssueEvent:
    """What the body of a delivery of one of `EVENTS` reports.

    Raises `InvalidInput`, saying what is wrong and where, for anything that is not such a payload.
    """
    payload = _decode(body, event)
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
        comment=_comment(payload),
    )


def _comment(payload: _IssuesPayload) -> EventComment | None:
    if not isinstance(payload, _CommentPayload):
        return None
    return EventComment(payload.comment.id, payload.comment.body or "")


def _decode(body: bytes, event: str) -> _IssuesPayload:
    try:
        return _DECODERS[event].decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"the payload cannot be read: {error}"
        raise InvalidInput(message) from error
    except RecursionError as error:
        message = "the payload cannot be read: it is nested too deeply"
        raise InvalidInput(message) from error
