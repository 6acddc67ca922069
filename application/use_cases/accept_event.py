"""Decide what an event about an issue asks of the agent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.cancellation import Cancellation, CancelReason
from domain.command import command_in
from domain.issue import IssueKey
from domain.marker import carries_marker
from domain.task import LONGEST_TEXT, Task, TaskKind, comment_trigger, start_trigger, task_id
from domain.webhook import CancelWork, Ignore, StartTask

if TYPE_CHECKING:
    from domain.policy import Policy
    from domain.webhook import Decision, EventComment, IssueEvent

_GONE = frozenset({"closed", "deleted", "transferred"})
"""Actions after which the issue is no longer open there, whoever it was assigned to and however it was labelled."""


class AcceptEvent:
    """A verified event in, zero or one task out.

    Work starts when the trigger label is put on an open issue, or when an open issue that carries it is assigned to
    `assignee`, the agent's machine account ("": assigning starts nothing). Closing, deleting or transferring the
    issue, taking the label off and unassigning the machine account cancel it. A new comment on an open issue that
    carries the label may answer the agent's questions: whether any are open is for the worker to find out, and until
    it has, nobody sees that it asked. An edited comment never asks for anything. Repositories that are not served, pull
    requests, and bots that are not listed are left alone. Whether the sender may ask at all is for the worker to find
    out, because the gateway holds no credential to ask the forge with.

    Labels and logins are compared as forges do, without regard to case.
    """

    def __init__(self, policy: Policy, trigger_label: str, assignee: str = "") -> None:
        self._policy = policy
        self._label = trigger_label
        self._assignee = assignee

    def decide(self, event: IssueEvent) -> Decision:
        """What is to be done; the same event always gives the same decision and the same task id."""
        if objection := self._objection(event):
            return Ignore(objection)
        if event.comment:
            return self._decide_on_comment(event, event.comment)
        if reason := self._cancel_reason(event):
            return _cancel(event, reason)
        if not self._asks_to_start(event):
            return Ignore(_no_trigger(event))
        if obstacle := self._obstacle(event):
            return Ignore(obstacle)
        return _start(event)

    def _objection(self, event: IssueEvent) -> str | None:
        """Why the agent does not listen to this event, whatever it says."""
        if not self._policy.serves(event.repository.full_name):
            return f"{event.repository} is not a repository that is served"
        if event.is_pull_request:
            return f"#{event.issue_number} is a pull request; only issues are worked on"
        if not self._policy.hears(is_bot=event.sender_is_bot, account_id=event.sender_id):
            return f"{event.sender} is a bot that is not allowed to trigger"
        return None

    def _decide_on_comment(self, event: IssueEvent, comment: EventComment) -> Decision:
        if event.action != "created":
            return Ignore(f"a comment that is {event.action} asks for nothing")
        if carries_marker(comment.body):
            return Ignore("the comment carries a marker of the agent's")
        if command := command_in(comment.body):
            return Ignore(f"/{command.name} is a command, and no answer")
        if obstacle := self._obstacle(event):
            return Ignore(obstacle)
        return StartTask(_answer(event, comment))

    def _cancel_reason(self, event: IssueEvent) -> CancelReason | None:
        if event.action in _GONE:
            return CancelReason.CLOSED
        if event.action == "unlabeled" and self._is_trigger(event.label):
            return CancelReason.UNLABELLED
        if event.action == "unassigned" and self._is_agent(event.assignee):
            return CancelReason.UNASSIGNED
        return None

    def _asks_to_start(self, event: IssueEvent) -> bool:
        labelled = event.action == "labeled" and self._is_trigger(event.label)
        assigned = event.action == "assigned" and self._is_agent(event.assignee)
        return labelled or assigned

    def _obstacle(self, event: IssueEvent) -> str | None:
        """Why work does not start although the event asks for it."""
        if not event.is_open:
            return f"#{event.issue_number} is not open"
        if (length := _characters(event)) > LONGEST_TEXT:
            return f"#{event.issue_number} has {length:,} characters; at most {LONGEST_TEXT:,} are read"
        if event.action != "labeled" and not any(self._is_trigger(label) for label in event.labels):
            return f"#{event.issue_number} does not carry the label {self._label}"
        return None

    def _is_trigger(self, label: str) -> bool:
        return label.casefold() == self._label.casefold()

    def _is_agent(self, login: str) -> bool:
        return bool(self._assignee) and login.casefold() == self._assignee.casefold()


def _no_trigger(event: IssueEvent) -> str:
    about = event.label or event.assignee
    return f"{event.action} {about}".strip() + " neither starts nor cancels work"


def _characters(event: IssueEvent) -> int:
    return len(event.title) + len(event.body) + (len(event.comment.body) if event.comment else 0)


def _start(event: IssueEvent) -> StartTask:
    return StartTask(_task(event, TaskKind.START, start_trigger(event.updated_at)))


def _answer(event: IssueEvent, comment: EventComment) -> Task:
    return replace(_task(event, TaskKind.ANSWER, comment_trigger(comment.id)), command=comment.body)


def _task(event: IssueEvent, kind: TaskKind, trigger: str) -> Task:
    return Task(
        id=task_id(event.repository, event.issue_number, trigger),
        kind=kind,
        repository=event.repository,
        issue_number=event.issue_number,
        asked_by=event.sender,
        asked_at=event.received_at,
        title=event.title,
        body=event.body,
        delivery=event.delivery,
    )


def _cancel(event: IssueEvent, reason: CancelReason) -> CancelWork:
    cancellation = Cancellation(by=event.sender, at=event.received_at, reason=reason)
    return CancelWork(IssueKey(event.repository, event.issue_number), cancellation)
