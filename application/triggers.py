"""What on the forge asks for work: found by reading, as a webhook would have told it.

Each kind of trigger has a finder. It turns what the forge shows into the event that a webhook brings, so that one and
the same rule decides on both, and both come to the same task id.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, TypedDict

from application.plan_comment import posted_plan
from domain.issue import IssueKey, PullRequestState, ReviewState
from domain.task import comment_trigger, review_trigger, start_trigger, task_id
from domain.webhook import EventComment, EventReview, IssueEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from application.ports.forge import Forge
    from domain.issue import AssignmentEvent, Comment, Issue, LabelEvent, PullRequest, Review
    from domain.repository import RepositoryRef

_SECONDS_APART = 10
"""By how much the `updated_at` of a webhook's payload may be later than the event that it tells of."""


class _IssueFacts(TypedDict):
    repository: RepositoryRef
    issue_number: int
    title: str
    body: str
    labels: frozenset[str]
    assignees: frozenset[str]
    is_open: bool
    is_pull_request: bool


@dataclass(frozen=True, slots=True)
class Trigger:
    """Somebody asked: the event, and the ids that its task may have got from a webhook.

    Where the agent has written a comment under one of these ids, the trigger has had its task.
    """

    event: IssueEvent
    task_ids: frozenset[str]

    @property
    def at(self) -> datetime:
        """When it was, in UTC."""
        return self.event.received_at


@dataclass(frozen=True, slots=True)
class IssueView:
    """An open issue as it is now, all comments on it, and the agent's own login."""

    issue: Issue
    comments: Sequence[Comment]
    agent: str

    @property
    def written_by_agent(self) -> str:
        """What the agent has written there, one comment after the other; nobody else's counts."""
        return "\n".join(comment.body for comment in self.comments if comment.author == self.agent)


@dataclass(frozen=True, slots=True)
class PullRequestView:
    """What was said on a pull request of the agent's, and what the agent has written there.

    `plan_waits_since`: when its plan was last written (UTC), None where no plan waits for people.
    """

    triggers: Sequence[Trigger]
    written_by_agent: str
    plan_waits_since: datetime | None = None


class TriggerFinder(Protocol):
    """Finds the triggers of one kind."""

    async def find(self, view: IssueView) -> Sequence[Trigger]:
        """Those on an issue, oldest first; raises what the forge raises."""


class LabelTriggers(TriggerFinder):
    """The trigger label, where it is still set: whoever set it last has asked."""

    def __init__(self, forge: Forge, label: str) -> None:
        self._forge = forge
        self._label = label

    async def find(self, view: IssueView) -> Sequence[Trigger]:
        """At most one; a label that nobody is known to have set asks for nothing."""
        issue = view.issue
        if not issue.has_label(self._label):
            return ()
        events = await self._forge.label_events(issue.key)
        added = [event for event in events if event.added and _same(event.label, self._label)]
        return [_started(replace(_event(issue, "labeled", event), label=event.label)) for event in added[-1:]]


class AssignmentTriggers(TriggerFinder):
    """The assignment of the agent's machine account, where it still stands; without such an account, nothing."""

    def __init__(self, forge: Forge, assignee: str) -> None:
        self._forge = forge
        self._assignee = assignee

    async def find(self, view: IssueView) -> Sequence[Trigger]:
        """At most one."""
        issue = view.issue
        if not self._assignee or not issue.is_assigned_to(self._assignee):
            return ()
        events = await self._forge.assignment_events(issue.key)
        added = [event for event in events if event.added and _same(event.assignee, self._assignee)]
        return [_started(replace(_event(issue, "assigned", event), assignee=event.assignee)) for event in added[-1:]]


class CommentTriggers(TriggerFinder):
    """New comments by others than the agent; which of them ask for anything, the rule for webhooks decides.

    A comment that was edited asks for nothing: what it said when it was made is not known.
    """

    async def find(self, view: IssueView) -> Sequence[Trigger]:
        """One for each."""
        asking = (each for each in view.comments if each.author != view.agent and each.edited_at is None)
        return [_commented(view.issue, comment) for comment in asking]


class PullRequestTriggers:
    """New comments and reviews on a pull request of the agent's; the rule for webhooks decides on them, too."""

    def __init__(self, forge: Forge) -> None:
        self._forge = forge

    async def find(self, repository: RepositoryRef, pull_request: PullRequest, agent: str) -> PullRequestView:
        """What people have said there, and what the agent has written; raises what the forge raises."""
        key = IssueKey(repository, pull_request.number)
        comments = await self._forge.comments(key)
        reviews = await self._forge.reviews(repository, pull_request.number)
        said = [_said(key, pull_request, each) for each in comments if each.author != agent and each.edited_at is None]
        asked = [_reviewed(key, pull_request, review) for review in reviews if review.author != agent]
        written = "\n".join(comment.body for comment in comments if comment.author == agent)
        plan = posted_plan(comments, agent) if pull_request.draft else None
        return PullRequestView((*said, *asked), written, plan.edited_at if plan else None)


def _said(key: IssueKey, pull_request: PullRequest, comment: Comment) -> Trigger:
    event = replace(
        _on(key, pull_request, "created", comment.author, comment.created_at, is_bot=comment.author_is_bot),
        comment=EventComment(comment.id, comment.body, comment.created_at),
    )
    return Trigger(event, _ids(event, [comment_trigger(comment.id)]))


def _reviewed(key: IssueKey, pull_request: PullRequest, review: Review) -> Trigger:
    wants = review.state is ReviewState.CHANGES_REQUESTED
    event = replace(
        _on(key, pull_request, "submitted", review.author, review.submitted_at, is_bot=review.author_is_bot),
        review=EventReview(review.id, wants, review.submitted_at),
    )
    return Trigger(event, _ids(event, [review_trigger(review.id)]))


def _on(key: IssueKey, pull_request: PullRequest, action: str, by: str, at: datetime, *, is_bot: bool) -> IssueEvent:
    return IssueEvent(
        action=action,
        repository=key.repository,
        issue_number=key.number,
        title=pull_request.title,
        body=pull_request.body,
        labels=pull_request.labels,
        assignees=frozenset(),
        is_open=pull_request.state is PullRequestState.OPEN,
        is_pull_request=True,
        updated_at=at.isoformat(),
        sender=by,
        sender_is_bot=is_bot,
        received_at=at,
        head=pull_request.head,
    )


def _started(event: IssueEvent) -> Trigger:
    moments = (event.received_at + timedelta(seconds=later) for later in range(_SECONDS_APART + 1))
    return Trigger(event, _ids(event, (start_trigger(moment.isoformat()) for moment in moments)))


def _commented(issue: Issue, comment: Comment) -> Trigger:
    event = IssueEvent(
        action="created",
        updated_at=comment.created_at.isoformat(),
        sender=comment.author,
        sender_is_bot=comment.author_is_bot,
        received_at=comment.created_at,
        comment=EventComment(comment.id, comment.body, comment.created_at),
        **_of(issue),
    )
    return Trigger(event, _ids(event, [comment_trigger(comment.id)]))


def _event(issue: Issue, action: str, found: LabelEvent | AssignmentEvent) -> IssueEvent:
    return IssueEvent(
        action=action,
        updated_at=found.at.isoformat(),
        sender=found.by,
        sender_is_bot=found.by_is_bot,
        received_at=found.at,
        **_of(issue),
    )


def _of(issue: Issue) -> _IssueFacts:
    return {
        "repository": issue.key.repository,
        "issue_number": issue.key.number,
        "title": issue.title,
        "body": issue.body,
        "labels": issue.labels,
        "assignees": issue.assignees,
        "is_open": True,
        "is_pull_request": False,
    }


def _ids(event: IssueEvent, triggers: Iterable[str]) -> frozenset[str]:
    return frozenset(task_id(event.repository, event.issue_number, trigger) for trigger in triggers)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
