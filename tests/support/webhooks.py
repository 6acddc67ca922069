"""Webhook deliveries as GitHub sends them: shaped like its documentation's, and signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET = "the-webhooks-secret"
REPOSITORY = "acme/shop"
REPOSITORY_ID = 4711


@dataclass(frozen=True)
class Webhook:
    """One delivery: what is sent to the gateway."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class IssueFacts:
    """What the payload says; `about_label`, `about_assignee` and `comment` are what the action is about."""

    action: str = "labeled"
    number: int = 7
    title: str = "The total is wrong"
    body: str | None = "It adds the discount."
    state: str = "open"
    labels: tuple[str, ...] = ("ai-help",)
    assignees: tuple[str, ...] = ()
    about_label: str = "ai-help"
    about_assignee: str = ""
    sender: str = "maria"
    sender_type: str = "User"
    repository: str = REPOSITORY
    repository_id: int = REPOSITORY_ID
    updated_at: str = "2026-03-01T10:00:00Z"
    comment: str = ""

    def payload(self) -> dict[str, object]:
        """The JSON object that GitHub would send, less what nobody reads."""
        optional = {
            "label": {"name": self.about_label} if self.about_label else None,
            "assignee": _account(self.about_assignee) if self.about_assignee else None,
            "comment": {"id": 5, "body": self.comment} if self.comment else None,
        }
        return {
            "action": self.action,
            "issue": self._issue(),
            "repository": {"id": self.repository_id, "full_name": self.repository, "private": False},
            "sender": _account(self.sender, self.sender_type),
            **{name: value for name, value in optional.items() if value},
        }

    def _issue(self) -> dict[str, object]:
        return {
            "number": self.number,
            "title": self.title,
            "body": self.body,
            "state": self.state,
            "labels": [{"name": name, "color": "d73a4a"} for name in self.labels],
            "assignees": [_account(login) for login in self.assignees],
            "user": _account("the-author"),
            "created_at": "2026-02-28T09:00:00Z",
            "updated_at": self.updated_at,
        }


def _account(login: str, kind: str = "User") -> dict[str, object]:
    return {"login": login, "id": 1, "type": kind, "site_admin": False}


def issue_webhook(facts: IssueFacts | None = None, *, secret: str = SECRET) -> Webhook:
    """A signed `issues` or `issue_comment` delivery; as it stands, one that asks for work on acme/shop#7."""
    event = "issue_comment" if facts and facts.comment else "issues"
    return signed_webhook(event, json.dumps((facts or IssueFacts()).payload()).encode(), secret=secret)


def numbered_webhook(number: int) -> Webhook:
    """As `issue_webhook`, about another issue."""
    return issue_webhook(replace(IssueFacts(), number=number))


def signed_webhook(
    event: str, body: bytes, *, secret: str = SECRET, delivery: str = "8a9f6a52-0000-4000-8000-000000000001"
) -> Webhook:
    """A delivery of any body."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/044aadd",
        "X-GitHub-Delivery": delivery,
        "X-GitHub-Event": event,
        "X-Hub-Signature-256": signature(body, secret),
    }
    return Webhook(body, headers)


def signature(body: bytes, secret: str = SECRET) -> str:
    """The value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
