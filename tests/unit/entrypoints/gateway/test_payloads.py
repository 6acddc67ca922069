"""Reading GitHub's `issues` and `issue_comment` payloads."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.webhook import EventComment, EventReview
from entrypoints.gateway.payloads import read_issue_event
from tests.support.issue_events import ASSIGNED, COMMENTED, LABELED, NOON
from tests.support.webhooks import IssueFacts

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.webhook import IssueEvent

LABELED_FACTS = IssueFacts(labels=("ai-help", "bug"), updated_at=LABELED.updated_at)


def read(payload: object, event: str = "issues") -> IssueEvent:
    return read_bytes(json.dumps(payload).encode(), event)


def read_bytes(body: bytes, event: str = "issues") -> IssueEvent:
    return read_issue_event(body, event=event, forge="github", delivery="d-1", received_at=NOON)


def test_reads_a_labelled_issue() -> None:
    assert read(LABELED_FACTS.payload()) == LABELED


def test_reads_an_assigned_issue() -> None:
    facts = replace(LABELED_FACTS, action="assigned", about_label="", about_assignee="agent-acme", assignees=("me",))
    assert read(facts.payload()) == replace(ASSIGNED, assignees=frozenset({"me"}))


COMMENTED_FACTS = replace(LABELED_FACTS, action="created", about_label="", comment="With text it should fail.")


def test_reads_a_comment() -> None:
    assert read(COMMENTED_FACTS.payload(), "issue_comment") == COMMENTED


def test_a_comment_without_text_is_an_empty_one() -> None:
    payload = COMMENTED_FACTS.payload() | {"comment": {"id": 5, "body": None}}
    assert read(payload, "issue_comment").comment == EventComment(5, "", NOON)


def test_a_comment_has_the_time_at_which_it_was_made() -> None:
    payload = COMMENTED_FACTS.payload() | {"comment": {"id": 5, "body": "x", "created_at": "2026-02-28T23:00:00+01:00"}}
    comment = read(payload, "issue_comment").comment
    assert comment is not None
    assert comment.created_at == datetime(2026, 2, 28, 22, tzinfo=UTC)


PULL = {
    "number": 9,
    "updated_at": "2026-03-01T11:59:58Z",
    "state": "open",
    "head": {"ref": "coding-agent/7-0123abcd", "repo": {"id": 4711, "full_name": "acme/shop"}},
}


def reviewed(pull: dict[str, Any], review: dict[str, Any]) -> IssueEvent:
    whole = LABELED_FACTS.payload() | {"action": "submitted", "pull_request": pull, "review": review}
    return read(whole, "pull_request_review")


def test_reads_a_review() -> None:
    event = reviewed(PULL, {"id": 3, "state": "changes_requested", "submitted_at": "2026-03-01T12:00:00Z"})
    assert event.review == EventReview(3, requests_changes=True, submitted_at=NOON)
    assert (event.issue_number, event.head, event.is_pull_request) == (9, "coding-agent/7-0123abcd", True)


@pytest.mark.parametrize("repo", [None, {"id": 4712, "full_name": "mallory/shop"}])
def test_a_branch_of_another_repository_is_not_named(repo: dict[str, Any] | None) -> None:
    pull = PULL | {"head": {"ref": "coding-agent/7-0123abcd", "repo": repo}}
    assert reviewed(pull, {"id": 3, "state": "approved"}).head == ""


def test_refuses_a_comments_event_without_the_comment() -> None:
    with pytest.raises(InvalidInput, match="field `comment`"):
        read(LABELED_FACTS.payload(), "issue_comment")


def test_a_comment_in_an_event_about_the_issue_means_nothing() -> None:
    assert read(COMMENTED_FACTS.payload()).comment is None


def test_needs_no_more_than_the_vital_fields() -> None:
    event = read(
        {
            "action": "closed",
            "issue": {"number": 7, "updated_at": "u"},
            "repository": {"id": 1, "full_name": "acme/shop"},
            "sender": {"login": "maria"},
        }
    )
    assert (event.title, event.body, event.labels, event.assignees) == ("", "", frozenset(), frozenset())
    assert (event.is_open, event.is_pull_request, event.sender_is_bot) == (False, False, False)


def test_an_empty_description_is_an_empty_text() -> None:
    assert read(replace(LABELED_FACTS, body=None).payload()).body == ""


def test_an_assignee_whose_account_is_gone_is_left_out() -> None:
    payload = LABELED_FACTS.payload()
    payload["issue"] = {**_issue(payload), "assignees": [None, {"login": "me"}]}
    assert read(payload).assignees == {"me"}


@pytest.mark.parametrize(
    ("login", "kind", "is_bot"),
    [("maria", "User", False), ("renovate", "Bot", True), ("renovate[bot]", "", True), ("acme", "Organization", False)],
)
def test_knows_a_bot_by_its_type_or_its_login(login: str, kind: str, is_bot: bool) -> None:  # noqa: FBT001 - a table
    assert read(replace(LABELED_FACTS, sender=login, sender_type=kind).payload()).sender_is_bot is is_bot


def test_knows_a_pull_request() -> None:
    payload = LABELED_FACTS.payload()
    payload["issue"] = {**_issue(payload), "pull_request": {"url": "https://api.github.com/repos/acme/shop/pulls/7"}}
    assert read(payload).is_pull_request


def test_an_issue_whose_pull_request_is_null_is_an_issue() -> None:
    payload = LABELED_FACTS.payload()
    payload["issue"] = {**_issue(payload), "pull_request": None}
    assert not read(payload).is_pull_request


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        pytest.param(lambda p: p.pop("action"), "field `action`", id="no action"),
        pytest.param(lambda p: p.pop("issue"), "field `issue`", id="no issue"),
        pytest.param(lambda p: p.pop("sender"), "field `sender`", id="no sender"),
        pytest.param(lambda p: p.pop("repository"), "field `repository`", id="no repository"),
        pytest.param(lambda p: p["issue"].pop("number"), r"`number` - at `\$.issue`", id="no number"),
        pytest.param(lambda p: p["issue"].pop("updated_at"), "`updated_at`", id="no time of the last change"),
        pytest.param(lambda p: p["issue"].update(number="7"), r"\$.issue.number", id="a number in quotes"),
        pytest.param(lambda p: p["issue"].update(number=0), r"\$.issue.number", id="issue number zero"),
        pytest.param(lambda p: p["repository"].update(id=2**63), r"\$.repository.id", id="an id of 64 bits"),
        pytest.param(lambda p: p["repository"].update(full_name="shop"), "must read owner/name", id="no owner"),
        pytest.param(lambda p: p["repository"].update(full_name="a/.."), "must read owner/name", id="a climbing name"),
        pytest.param(lambda p: p["sender"].update(login=""), r"\$.sender.login", id="nobody"),
    ],
)
def test_refuses_a_payload_with(spoil: Callable[[dict[str, Any]], object], complaint: str) -> None:
    payload = LABELED_FACTS.payload()
    spoil(payload)
    with pytest.raises(InvalidInput, match=complaint):
        read(payload)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"action": "labeled"', id="cut short"),
        pytest.param(b'{"action": "\xff\xfe"}', id="not UTF-8"),
        pytest.param(b'{"action": "\\ud800"}', id="half a surrogate pair"),
        pytest.param(b'{"other": ' + b"[" * 100_000, id="nested deeply"),
        pytest.param(b"payload=%7B%22action%22%3A%22labeled%22%7D", id="a form"),
    ],
)
def test_refuses_a_body_that_is(body: bytes) -> None:
    with pytest.raises(InvalidInput, match="the payload cannot be read"):
        read_bytes(body)


@settings(deadline=None)
@given(st.text(), st.text())
def test_keeps_texts_as_they_are(title: str, body: str) -> None:
    event = read(replace(LABELED_FACTS, title=title, body=body).payload())
    assert (event.title, event.body) == (title, body)


def _issue(payload: dict[str, object]) -> dict[str, object]:
    issue = payload["issue"]
    assert isinstance(issue, dict)
    return issue
