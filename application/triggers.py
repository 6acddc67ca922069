"""What on the forge asks for work: found by reading, as a webhook would have told it.

Each kind of trigger has a finder. It turns what the forge shows into the event that a webhook brings, so that one and
the same rule decides on both, and both come to the same task id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from domain.task import start_trigger, task_id
from domain.webhook import IssueEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from application.ports.forge import Forge
    from domain.issue import AssignmentEvent, Issue, LabelEvent

_SECONDS_APART = 10
"""By how much the `updated_at` of a webhook's payload may be later than the event that it tells of."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """Somebody asked: the event, and the ids that its task may have got from a webhook.

    Where the agent has written a comment under one of these ids, the trigger has had its task.
    """

    event: IssueEvent
    task_ids: frozenset[str]


class TriggerFinder(Protocol):
    """Finds the triggers of one kind."""

    async def find(self, issue: Issue) -> Sequence[Trigger]:
        """Those on an open issue as it is now, oldest first; raises what the forge raises."""


class LabelTriggers(TriggerFinder):
    """The trigger label, where it is still set: whoever set it last has asked."""

    def __init__(self, forge: Forge, label: str) -> None:
        self._forge = forge
        self._label = label

    async def find(self, issue: Issue) -> Sequence[Trigger]:
        """At most one; a label that nobody is known to have set asks for nothing."""
        if not issue.has_label(self._label):
            return ()
        events = await self._forge.label_events(issue.key)
        added = [event for event in events if event.added and _same(event.label, self._label)]
        return [_trigger(issue, "labeled", event, label=event.label) for event in added[-1:]]


class AssignmentTriggers(TriggerFinder):
    """The assignment of the agent's machine account, where it still stands; without such an account, nothing."""

    def __init__(self, forge: Forge, assignee: str) -> None:
        self._forge = forge
        self._assignee = assignee

    async def find(self, issue: Issue) -> Sequence[Trigger]:
        """At most one."""
        if not self._assignee or not issue.is_assigned_to(self._assignee):
            return ()
        events = await self._forge.assignment_events(issue.key)
        added = [event for event in events if event.added and _same(event.assignee, self._assignee)]
        return [_trigger(issue, "assigned", event, assignee=event.assignee) for event in added[-1:]]


def _trigger(
    issue: Issue, action: str, found: LabelEvent | AssignmentEvent, *, label: str = "", assignee: str = ""
) -> Trigger:
    event = IssueEvent(
        action=action,
        repository=issue.key.repository,
        issue_number=issue.key.number,
        title=issue.title,
        body=issue.body,
        labels=issue.labels,
        assignees=issue.assignees,
        is_open=True,
        is_pull_request=False,
        updated_at=found.at.isoformat(),
        sender=found.by,
        sender_is_bot=found.by_is_bot,
        received_at=found.at,
        label=label,
        assignee=assignee,
    )
    moments = (found.at + timedelta(seconds=later) for later in range(_SECONDS_APART + 1))
    return Trigger(event, _ids(issue, (start_trigger(moment.isoformat()) for moment in moments)))


def _ids(issue: Issue, triggers: Iterable[str]) -> frozenset[str]:
    return frozenset(task_id(issue.key.repository, issue.key.number, trigger) for trigger in triggers)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
