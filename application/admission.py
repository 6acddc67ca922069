"""Whether a task may run now: who asked, how the issue stands, and whether a conversation about it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.dialogue import read_dialogue
from application.texts.texts import ENGLISH
from domain.cancellation import CancelReason
from domain.errors import NotFound
from domain.issue import IssueState, PullRequestState
from domain.outcome import Cancelled, NothingToDo, Refused
from domain.task import TaskKind, branch_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable

    from application.ports.forge import Forge
    from application.texts.texts import Texts
    from domain.cancellation import Cancellation
    from domain.issue import Issue
    from domain.outcome import Outcome
    from domain.policy import Policy
    from domain.task import Task


class Admission:
    """Asks the forge, never the event: what counts is how things stand when the task is taken."""

    def __init__(
        self, forge: Forge, policy: Policy, *, trigger_label: str, assignee: str, texts: Texts = ENGLISH
    ) -> None:
        self._forge = forge
        self._policy = policy
        self._trigger_label = trigger_label
        self._assignee = assignee
        self._texts = texts

    async def objection(self, task: Task, issue: Issue) -> Outcome | None:
        """Why the task is not to be worked on, or None."""
        if not task.by_operator and not await self._may_ask(task, task.asked_by):
            needed = self._policy.minimum_permission.name.lower()
            return Refused(self._texts.say("refusal.permission", who=f"`{task.asked_by}`", permission=needed))
        if issue.state is IssueState.CLOSED:
            return Cancelled("", self._texts.say("cancelled.is_closed"))
        if self._is_withdrawn(task, issue):
            return Cancelled("", self._words(CancelReason.UNLABELLED))
        if _is_edited(task, issue):
            return Refused(self._texts.say("refusal.edited_since"))
        return None

    async def open_conversation(self, task: Task) -> Outcome | None:
        """That a pull request about the issue is open which the agent made for an earlier request, or None."""
        own = await self._forge.agent_login()
        for found in await self._forge.pull_requests(task.repository, branch_prefix(task.issue_number)):
            if found.state is PullRequestState.OPEN and found.author == own and found.head != task.branch:
                where = f"[#{found.number}]({found.url})"
                return NothingToDo(self._texts.say("refusal.open_conversation", pull_request=where))
        return None

    async def confirmed(self, task: Task, wishes: Iterable[Cancellation]) -> Cancelled | None:
        """The end that the wishes to stop lead to; None where the forge bears none of them out.

        Closing, unlabelling and unassigning count because the issue shows them, a command because its author may. An
        issue that is closed or unlabelled ends the work whatever was asked, and also where nothing was: nobody may
        have heard of it.
        """
        issue = await self._issue_if_open(task)
        if issue is None:
            by = next((wish.by for wish in wishes if wish.reason is CancelReason.CLOSED), "")
            return Cancelled(by, self._words(CancelReason.CLOSED))
        for wish in wishes:
            if await self._counts(task, issue, wish):
                return Cancelled(wish.by, self._words(wish.reason))
        return Cancelled("", self._words(CancelReason.UNLABELLED)) if self._is_withdrawn(task, issue) else None

    def _words(self, reason: CancelReason) -> str:
        match reason:
            case CancelReason.CLOSED:
                return self._texts.say("cancelled.closed")
            case CancelReason.UNLABELLED:
                return self._texts.say("cancelled.unlabelled")
            case CancelReason.UNASSIGNED:
                return self._texts.say("cancelled.unassigned")
            case CancelReason.PULL_REQUEST_CLOSED:
                return self._texts.say("cancelled.its_pull_request_closed")
            case CancelReason.COMMAND:
                return self._texts.say("cancelled.command")

    async def _issue_if_open(self, task: Task) -> Issue | None:
        try:
            issue = await self._forge.issue(task.issue)
        except NotFound:
            return None
        return issue if issue.state is IssueState.OPEN else None

    async def _counts(self, task: Task, issue: Issue, cancellation: Cancellation) -> bool:
        match cancellation.reason:
            case CancelReason.COMMAND:
                return await self._may_ask(task, cancellation.by)
            case CancelReason.UNASSIGNED:
                return not issue.is_assigned_to(self._assignee)
            case CancelReason.PULL_REQUEST_CLOSED:
                return await self._pull_request_was_closed(task, cancellation.by)
            case CancelReason.UNLABELLED:
                return not issue.has_label(self._trigger_label)
            case CancelReason.CLOSED:
                return False

    async def _pull_request_was_closed(self, task: Task, by: str) -> bool:
        """Whether people have closed the pull request that the task works on; the agent itself closes what ends."""
        dialogue = await read_dialogue(self._forge, task.issue)
        found = dialogue.pull_request
        if found is None or by == dialogue.agent or found.state is PullRequestState.OPEN:
            return False
        return found.head == task.branch or task.kind in {TaskKind.COMMAND, TaskKind.REVIEW, TaskKind.TIDY}

    async def _may_ask(self, task: Task, login: str) -> bool:
        return self._policy.may_ask(await self._forge.permission(task.repository, login))

    def _is_withdrawn(self, task: Task, issue: Issue) -> bool:
        """Whether the label that started the task is off again."""
        by_label = task.kind is TaskKind.START and not task.by_operator
        return by_label and not issue.has_label(self._trigger_label)


def edited_since(task: Task, issue: Issue) -> bool:
    """Whether the issue is not what whoever asked has read; forges tell whole seconds, so the same one counts."""
    return issue.edited_at is not None and issue.edited_at >= task.asked_at


def _is_edited(task: Task, issue: Issue) -> bool:
    """Whether the task's text is not what whoever asked has seen.

    A delivery brings the text as it stood when it was sent. A task that was found on the forge later has the text of
    that later moment, and in between the author may have changed it.
    """
    if task.delivery or task.by_operator or issue.edited_at is None or issue.edited_at < task.asked_at:
        return False
    return task.title == issue.title and task.body.startswith(issue.body)  # answers to questions come after it
