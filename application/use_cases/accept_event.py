"""Decide what an event about an issue asks of the agent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.cancellation import Cancellation, CancelReason
from domain.command import command_in
from domain.dialogue import CommandName
from domain.issue import IssueKey
from domain.marker import carries_marker, marked_issue
from domain.task import (
    LONGEST_TEXT,
    Asking,
    Task,
    TaskKind,
    comment_trigger,
    issue_of_branch,
    review_trigger,
    start_trigger,
    task_id,
)
from domain.webhook import CancelWork, Ignore, StartTask

if TYPE_CHECKING:
    from domain.command import Command
    from domain.policy import Policy
    from domain.webhook import Decision, EventComment, EventReview, IssueEvent

_GONE = frozenset({"closed", "deleted", "transferred"})
"""Actions after which the issue is no longer open there, whoever it was assigned to and however it was labelled."""


_PLAN_PENDING = "plan-pending"


class AcceptEvent:
    """A verified event in, zero or one task out.

    Work starts when the trigger label is put on an open issue, or when an open issue that carries it is assigned to
    `assignee`, the agent's machine account ("": assigning starts nothing). A new comment may give a command, on an
    issue or on a pull request; on an open issue that carries the label, another may answer the agent's questions. A
    review that requests changes of a pull request on a branch of the agent's asks for them. Closing, deleting or
    transferring the issue, taking the label off, unassigning the machine account, closing the agent's pull request and
    `/cancel` stop the work. An edited comment never asks for anything.

    Repositories that are not served and bots that are not listed are left alone. Whether the sender may ask at all,
    and whether what they ask for makes sense where the conversation stands, is for the worker to find out, because the
    gateway holds no credential to ask the forge with.

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
        if event.review:
            return _decide_on_review(event, event.review)
        if event.comment:
            return self._decide_on_comment(event, event.comment)
        if event.is_pull_request:
            return _decide_on_pull_request(event)
        return self._decide_on_issue(event)

    def _objection(self, event: IssueEvent) -> str | None:
        """Why the agent does not listen to this event, whatever it says."""
        if not self._policy.serves(event.repository.full_name):
            return f"{event.repository} is not a repository that is served"
        if not self._policy.hears(is_bot=event.sender_is_bot, account_id=event.sender_id):
            return f"{event.sender} is a bot that is not allowed to trigger"
        return None

    def _decide_on_issue(self, event: IssueEvent) -> Decision:
        if reason := self._cancel_reason(event):
            return _cancelled(event, reason)
        if not self._asks_to_start(event):
            return Ignore(_no_trigger(event))
        if obstacle := self._obstacle(event) or self._label_is_missing(event):
            return Ignore(obstacle)
        return StartTask(_task(event, TaskKind.START, start_trigger(event.updated_at)))

    def _decide_on_comment(self, event: IssueEvent, comment: EventComment) -> Decision:
        if event.action != "created":
            return Ignore(f"a comment that is {event.action} asks for nothing")
        if carries_marker(comment.body):
            return Ignore("the comment carries a marker of the agent's")
        if obstacle := self._obstacle(event):
            return Ignore(obstacle)
        if command := command_in(comment.body):
            return _decide_on_command(event, comment, command)
        if event.is_pull_request:
            return Ignore("a comment on a pull request that gives no command asks for nothing")
        if missing := self._label_is_missing(event):
            return Ignore(missing)
        return StartTask(replace(_words(event, comment, event.issue_number), kind=TaskKind.ANSWER))

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
        """Why nothing comes of the event although it asks for something."""
        if not event.is_open:
            return f"#{event.issue_number} is not open"
        if (length := _characters(event)) > LONGEST_TEXT:
            return f"#{event.issue_number} has {length:,} characters; at most {LONGEST_TEXT:,} are read"
        return None

    def _label_is_missing(self, event: IssueEvent) -> str | None:
        if event.action == "labeled" or any(self._is_trigger(label) for label in event.labels):
            return None
        return f"#{event.issue_number} does not carry the label {self._label}"

    def _is_trigger(self, label: str) -> bool:
        return label.casefold() == self._label.casefold()

    def _is_agent(self, login: str) -> bool:
        return bool(self._assignee) and login.casefold() == self._assignee.casefold()


def _decide_on_command(event: IssueEvent, comment: EventComment, command: Command) -> Decision:
    """A command on a pull request is about the issue that the pull request's text names, where it names one."""
    number = marked_issue(event.body) if event.is_pull_request else None
    task = _words(event, comment, number or event.issue_number)
    if command.name != CommandName.CANCEL:
        return StartTask(task)
    cancellation = Cancellation(by=event.sender, at=comment.created_at, reason=CancelReason.COMMAND)
    return CancelWork(task.issue, cancellation, task)


def _decide_on_review(event: IssueEvent, review: EventReview) -> Decision:
    number = issue_of_branch(event.head)
    if event.action != "submitted" or not review.requests_changes:
        return Ignore("only a review that requests changes asks for something, when it is submitted")
    if number is None or not event.is_open:
        return Ignore(f"#{event.issue_number} is no open pull request on a branch of the agent's")
    asked_in = Asking(event.issue_number, review_id=review.id, on_pull_request=True)
    task = _task(event, TaskKind.REVIEW, review_trigger(review.id))
    return StartTask(replace(_about(task, number), asked_at=review.submitted_at, asked_in=asked_in))


def _decide_on_pull_request(event: IssueEvent) -> Decision:
    number = issue_of_branch(event.head)
    if event.action != "closed" or number is None:
        return Ignore(f"#{event.issue_number} is a pull request: {event.action} asks for nothing there")
    cancellation = Cancellation(by=event.sender, at=event.received_at, reason=CancelReason.PULL_REQUEST_CLOSED)
    task = _about(_tidy(event, f"closed:{event.issue_number}:{event.updated_at}", cancellation.reason), number)
    return CancelWork(task.issue, cancellation, task)


def _no_trigger(event: IssueEvent) -> str:
    about = event.label or event.assignee
    return f"{event.action} {about}".strip() + " neither starts nor cancels work"


def _characters(event: IssueEvent) -> int:
    return len(event.title) + len(event.body) + (len(event.comment.body) if event.comment else 0)


def _words(event: IssueEvent, comment: EventComment, number: int) -> Task:
    """The task that a comment asks for, about an issue."""
    asked_in = Asking(event.issue_number, comment_id=comment.id, on_pull_request=event.is_pull_request)
    task = _about(_task(event, TaskKind.COMMAND, comment_trigger(comment.id)), number)
    return replace(task, command=comment.body, asked_at=comment.created_at, asked_in=asked_in)


def _about(task: Task, number: int) -> Task:
    """The task, about another issue than the pull request that the event was about."""
    return replace(task, issue_number=number)


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


def _cancelled(event: IssueEvent, reason: CancelReason) -> CancelWork:
    """Stop what is at work; a plan that waits on an issue that is gone is cleared away."""
    cancellation = Cancellation(by=event.sender, at=event.received_at, reason=reason)
    pending = any(label.casefold() == _PLAN_PENDING for label in event.labels)
    tidy = _tidy(event, f"closed:{event.updated_at}", reason) if pending else None
    return CancelWork(IssueKey(event.repository, event.issue_number), cancellation, tidy)


def _tidy(event: IssueEvent, trigger: str, reason: CancelReason) -> Task:
    """The task that clears a plan away, if the reason still holds when it is taken."""
    return replace(_task(event, TaskKind.TIDY, trigger), command=reason.value)
