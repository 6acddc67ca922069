"""What an event about an issue asks of the agent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from application.use_cases.accept_event import AcceptEvent
from domain.cancellation import Cancellation, CancelReason
from domain.issue import IssueKey
from domain.marker import CommentRole, issue_mark, marker
from domain.policy import Policy
from domain.task import LONGEST_TEXT, Asking, TaskKind, comment_trigger, start_trigger, task_id
from domain.webhook import CancelWork, EventComment, EventReview, Ignore, StartTask
from tests.support.issue_events import (
    ASSIGNED,
    BOT,
    CLOSED,
    COMMENTED,
    EDITED,
    LABELED,
    NOON,
    SHOP,
    UNASSIGNED,
    UNLABELED,
)

if TYPE_CHECKING:
    from domain.webhook import Decision, IssueEvent


def decide(event: IssueEvent, *, repositories: str = "acme/shop", bots: str = "", assignee: str = "") -> Decision:
    policy = Policy(
        allowed_repositories=frozenset(repositories.split()), allowed_bots=frozenset(map(int, bots.split()))
    )
    return AcceptEvent(policy, "ai-help", assignee).decide(event)


@pytest.mark.parametrize(
    ("event", "assignee"),
    [
        pytest.param(LABELED, "", id="the trigger label is put on an open issue"),
        pytest.param(replace(LABELED, label="AI-Help"), "", id="the label is spelled in another case"),
        pytest.param(LABELED, "agent-acme", id="labelling starts although an assignee is configured"),
        pytest.param(ASSIGNED, "agent-acme", id="a labelled issue is assigned to the machine account"),
        pytest.param(ASSIGNED, "Agent-Acme", id="the machine account is spelled in another case"),
        pytest.param(
            replace(ASSIGNED, labels=frozenset({"AI-HELP"})), "agent-acme", id="assigned, its label in another case"
        ),
    ],
)
def test_starts_when(event: IssueEvent, assignee: str) -> None:
    assert isinstance(decide(event, assignee=assignee), StartTask)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        pytest.param(CLOSED, CancelReason.CLOSED, id="the issue is closed"),
        pytest.param(replace(CLOSED, labels=frozenset()), CancelReason.CLOSED, id="a closed issue has lost its label"),
        pytest.param(replace(LABELED, action="deleted"), CancelReason.CLOSED, id="the issue is deleted"),
        pytest.param(replace(LABELED, action="transferred"), CancelReason.CLOSED, id="the issue is transferred"),
        pytest.param(UNLABELED, CancelReason.UNLABELLED, id="the trigger label is taken off"),
        pytest.param(replace(UNLABELED, is_open=False), CancelReason.UNLABELLED, id="also off a closed issue"),
        pytest.param(UNASSIGNED, CancelReason.UNASSIGNED, id="the machine account is unassigned"),
    ],
)
def test_cancels_when(event: IssueEvent, reason: CancelReason) -> None:
    cancellation = Cancellation(by="maria", at=NOON, reason=reason)
    assert decide(event, assignee="agent-acme") == CancelWork(IssueKey(SHOP, 7), cancellation)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        pytest.param(replace(LABELED, label="bug"), "labeled bug", id="another label is put on"),
        pytest.param(replace(UNLABELED, label="bug"), "unlabeled bug", id="another label is taken off"),
        pytest.param(replace(LABELED, label=""), "labeled", id="no label is named"),
        pytest.param(replace(LABELED, is_open=False), "#7 is not open", id="a closed issue is labelled"),
        pytest.param(
            replace(LABELED, body="x" * LONGEST_TEXT), "at most 131,072 are read", id="a text beyond any forge"
        ),
        pytest.param(replace(ASSIGNED, is_open=False), "#7 is not open", id="a closed issue is assigned"),
        pytest.param(replace(ASSIGNED, labels=frozenset()), "label ai-help", id="an issue is assigned without label"),
        pytest.param(replace(ASSIGNED, assignee="john"), "assigned john", id="somebody else is assigned"),
        pytest.param(replace(UNASSIGNED, assignee="john"), "unassigned john", id="somebody else is unassigned"),
        pytest.param(EDITED, "edited", id="an issue with the label is edited"),
        pytest.param(replace(EDITED, action="opened"), "opened", id="an issue is opened, its label coming by itself"),
        pytest.param(replace(EDITED, action="reopened"), "reopened", id="an issue is opened again"),
        pytest.param(replace(EDITED, action="Labeled", label="ai-help"), "Labeled", id="no action of the forge"),
        pytest.param(replace(LABELED, is_pull_request=True), "pull request", id="a pull request is labelled"),
        pytest.param(replace(CLOSED, is_pull_request=True), "pull request", id="a pull request is closed"),
        pytest.param(BOT, "renovate[bot] is a bot", id="a bot labels"),
        pytest.param(replace(CLOSED, sender="x", sender_is_bot=True), "x is a bot", id="a bot closes"),
    ],
)
def test_ignores_with_a_reason_when(event: IssueEvent, reason: str) -> None:
    decision = decide(event, assignee="agent-acme")
    assert isinstance(decision, Ignore)
    assert reason in decision.reason


@pytest.mark.parametrize("event", [ASSIGNED, UNASSIGNED, replace(ASSIGNED, assignee="")])
def test_assigning_means_nothing_unless_an_assignee_is_configured(event: IssueEvent) -> None:
    assert isinstance(decide(event, assignee=""), Ignore)


@pytest.mark.parametrize("event", [LABELED, CLOSED, ASSIGNED], ids=["start", "cancel", "assign"])
@pytest.mark.parametrize("repositories", ["", "acme/other", "evil", "shop"])
def test_ignores_whatever_comes_from_a_repository_that_is_not_served(event: IssueEvent, repositories: str) -> None:
    decision = decide(event, repositories=repositories, assignee="agent-acme")
    assert decision == Ignore("acme/shop is not a repository that is served")


@pytest.mark.parametrize("repositories", ["acme", "ACME/Shop", "other acme/shop"])
def test_serves_a_repository_by_its_owner_or_its_name(repositories: str) -> None:
    assert isinstance(decide(LABELED, repositories=repositories), StartTask)


@pytest.mark.parametrize(
    ("bots", "starts"),
    [("2740337", True), ("1 2740337", True), ("2740338", False), ("274033", False)],
)
def test_listens_to_a_bot_only_if_its_id_is_listed(bots: str, starts: bool) -> None:  # noqa: FBT001 - a table's column
    assert isinstance(decide(BOT, bots=bots), StartTask) is starts


def test_listens_to_the_cancelling_of_a_listed_bot() -> None:
    closed = replace(CLOSED, sender="renovate[bot]", sender_id=2740337, sender_is_bot=True)
    assert isinstance(decide(closed, bots="2740337"), CancelWork)


def test_a_bot_that_has_taken_a_listed_ones_name_is_not_listened_to() -> None:
    assert isinstance(decide(replace(BOT, sender_id=1), bots="2740337"), Ignore)


def test_a_new_comment_on_a_labelled_issue_may_be_an_answer() -> None:
    decision = decide(COMMENTED)
    assert isinstance(decision, StartTask)
    task = decision.task
    assert (task.kind, task.command, task.asked_by) == (TaskKind.ANSWER, "With text it should fail.", "maria")
    assert (task.title, task.body) == ("The total is wrong", "It adds the discount.")
    assert task.id == task_id(SHOP, 7, comment_trigger(5))


def commented(text: str) -> IssueEvent:
    return replace(COMMENTED, comment=EventComment(5, text, NOON))


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        pytest.param(replace(COMMENTED, action="edited"), "edited", id="a comment is edited"),
        pytest.param(replace(COMMENTED, action="deleted"), "deleted", id="a comment is deleted, not the issue"),
        pytest.param(replace(COMMENTED, action="closed"), "closed", id="no action on a comment"),
        pytest.param(replace(COMMENTED, is_open=False), "not open", id="the issue is closed"),
        pytest.param(replace(COMMENTED, labels=frozenset()), "label ai-help", id="the issue has no label"),
        pytest.param(replace(COMMENTED, is_pull_request=True), "gives no command", id="on a pull request"),
        pytest.param(replace(COMMENTED, sender="x", sender_is_bot=True), "x is a bot", id="by a bot"),
        pytest.param(commented(f"{marker(CommentRole.STATUS, 64 * '0')}\nDone."), "marker", id="by the agent itself"),
        pytest.param(commented("x" * LONGEST_TEXT), "at most 131,072 are read", id="a text beyond any forge"),
    ],
)
def test_a_comment_is_no_answer_when(event: IssueEvent, reason: str) -> None:
    decision = decide(event)
    assert isinstance(decision, Ignore)
    assert reason in decision.reason


@pytest.mark.parametrize("text", ["/approve", "/plan now", "/frobnicate", "\n /help"])
def test_a_command_is_passed_on_whatever_it_is_and_whatever_the_labels_are(text: str) -> None:
    decision = decide(replace(commented(text), labels=frozenset()))
    assert isinstance(decision, StartTask)
    task = decision.task
    assert (task.kind, task.command, task.asked_at) == (TaskKind.COMMAND, text, NOON)
    assert task.asked_in == Asking(7, comment_id=5)


@pytest.mark.parametrize(
    ("body", "about"), [(f"{issue_mark(3)}\nText", 3), ("Text", 7), ("<!-- coding-agent:issue 0 -->", 7)]
)
def test_a_command_on_a_pull_request_is_about_the_issue_that_its_text_names(body: str, about: int) -> None:
    decision = decide(replace(commented("/approve"), is_pull_request=True, body=body))
    assert isinstance(decision, StartTask)
    assert decision.task.issue_number == about
    assert decision.task.asked_in == Asking(7, comment_id=5, on_pull_request=True)


def test_cancel_stops_the_work_and_is_answered_behind_it() -> None:
    decision = decide(commented("/cancel"))
    assert isinstance(decision, CancelWork)
    assert decision.cancellation == Cancellation("maria", NOON, CancelReason.COMMAND)
    assert decision.then is not None
    assert decision.then.command == "/cancel"


ASKS = EventReview(3, requests_changes=True, submitted_at=NOON)
REVIEWED = replace(
    LABELED,
    action="submitted",
    issue_number=9,
    is_pull_request=True,
    head="coding-agent/7-0123abcd",
    review=ASKS,
)


def test_a_review_that_requests_changes_asks_for_them() -> None:
    decision = decide(REVIEWED)
    assert isinstance(decision, StartTask)
    task = decision.task
    assert (task.kind, task.issue_number, task.place.number) == (TaskKind.REVIEW, 7, 9)
    assert task.asked_in == Asking(9, review_id=3, on_pull_request=True)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(
            replace(REVIEWED, review=EventReview(3, requests_changes=False, submitted_at=NOON)), id="approves"
        ),
        pytest.param(replace(REVIEWED, action="edited"), id="is edited"),
        pytest.param(replace(REVIEWED, head=""), id="from a fork"),
        pytest.param(replace(REVIEWED, head="coding-agent/7-0123abcdef"), id="branch like the agent's"),
        pytest.param(replace(REVIEWED, is_open=False), id="of a closed pull request"),
    ],
)
def test_a_review_asks_for_nothing_when(event: IssueEvent) -> None:
    assert isinstance(decide(event), Ignore)


def test_closing_the_agents_pull_request_stops_the_work_and_clears_what_is_left() -> None:
    decision = decide(replace(REVIEWED, action="closed", review=None, is_open=False))
    assert isinstance(decision, CancelWork)
    assert (decision.issue, decision.cancellation.reason) == (IssueKey(SHOP, 7), CancelReason.PULL_REQUEST_CLOSED)
    assert decision.then is not None
    assert (decision.then.kind, decision.then.issue_number) == (TaskKind.TIDY, 7)


@pytest.mark.parametrize("event", [replace(CLOSED, labels=frozenset({"Plan-Pending"})), CLOSED])
def test_closing_an_issue_clears_a_plan_that_waits_on_it(event: IssueEvent) -> None:
    decision = decide(event)
    assert isinstance(decision, CancelWork)
    assert (decision.then is not None) is ("Plan-Pending" in event.labels)


def test_the_task_holds_the_issue_as_it_stood_in_the_event() -> None:
    decision = decide(LABELED)
    assert isinstance(decision, StartTask)
    task = decision.task
    assert (task.title, task.body, task.issue) == ("The total is wrong", "It adds the discount.", IssueKey(SHOP, 7))
    assert (task.asked_by, task.asked_at, task.delivery) == ("maria", NOON, "d-1")
    assert (task.kind, task.command, task.thread, task.history) == (TaskKind.START, "", None, ())


def test_the_tasks_id_names_the_issues_state_and_not_the_delivery() -> None:
    first = decide(LABELED)
    again = decide(replace(LABELED, delivery="d-2", received_at=datetime(2026, 3, 2, tzinfo=UTC)))
    assert isinstance(first, StartTask)
    assert isinstance(again, StartTask)
    assert first.task.id == again.task.id == task_id(SHOP, 7, start_trigger("2026-03-01T11:59:58Z"))


def test_labelling_once_more_later_is_another_task() -> None:
    first, later = decide(LABELED), decide(replace(LABELED, updated_at="2026-03-05T08:00:00Z"))
    assert isinstance(first, StartTask)
    assert isinstance(later, StartTask)
    assert first.task.id != later.task.id
