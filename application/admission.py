"""Whether a task may run now: who asked, how the issue stands, and whether a conversation about it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.cancellation import CancelReason
from domain.errors import NotFound
from domain.issue import IssueState, PullRequestState
from domain.outcome import Cancelled, NothingToDo, Refused
from domain.task import branch_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable

    from application.ports.forge import Forge
    from domain.cancellation import Cancellation
    from domain.issue import Issue
    from domain.outcome import Outcome
    from domain.policy import Policy
    from domain.task import Task


class Admission:
    """Asks the forge, never the event: what counts is how things stand when the task is taken."""

    def __init__(self, forge: Forge, policy: Policy, *, trigger_label: str, assignee: str) -> None:
        self._forge = forge
        self._policy = policy
        self._trigger_label = trigger_label
        self._assignee = assignee

    async def objection(self, task: Task, issue: Issue) -> Outcome | None:
        """Why the task is not to be worked on, or None."""
        permission = await self._forge.permission(task.repository, task.asked_by)
        if not self._policy.may_ask(permission):
            needed = self._policy.minimum_permission.name.lower()
            return Refused(f"`{task.asked_by}` may not ask for this here: it takes {needed} permission.")
        if issue.state is IssueState.CLOSED:
            return Cancelled("", "the issue is closed.")
        return await self._open_conversation(task)

    async def _open_conversation(self, task: Task) -> Outcome | None:
        """An open pull request about the issue, made by the agent for an earlier request."""
        own = await self._forge.agent_login()
        for found in await self._forge.pull_requests(task.repository, branch_prefix(task.issue_number)):
            if found.state is PullRequestState.OPEN and found.author == own and found.head != task.branch:
                where = f"[#{found.number}]({found.url})"
                return NothingToDo(f"Pull request {where} about this issue is open: merge or close it first.")
        return None

    async def confirmed(self, task: Task, wishes: Iterable[Cancellation]) -> Cancelled | None:
        """The end that the wishes to stop lead to; None where the forge bears none of them out.

        Closing, unlabelling and unassigning count because the issue shows them, a command because its author may. A
        closed issue ends the work whatever was asked.
        """
        issue = await self._issue_if_open(task)
        if issue is None:
            by = next((wish.by for wish in wishes if wish.reason is CancelReason.CLOSED), "")
            return Cancelled(by, f"{_WORDS[CancelReason.CLOSED]}.")
        for wish in wishes:
            if await self._counts(task, issue, wish):
                return Cancelled(wish.by, f"{_WORDS[wish.reason]}.")
        return None

    async def _issue_if_open(self, task: Task) -> Issue | None:
        try:
            issue = await self._forge.issue(task.issue)
        except NotFound:
            return None
        return issue if issue.state is IssueState.OPEN else None

    async def _counts(self, task: Task, issue: Issue, cancellation: Cancellation) -> bool:
        match cancellation.reason:
            case CancelReason.COMMAND:
                return self._policy.may_ask(await self._forge.permission(task.repository, cancellation.by))
            case CancelReason.UNASSIGNED:
                return not issue.is_assigned_to(self._assignee)
            case CancelReason.UNLABELLED:
                return not issue.has_label(self._trigger_label)
            case CancelReason.CLOSED:
                return False


_WORDS = {
    CancelReason.CLOSED: "the issue was closed",
    CancelReason.UNLABELLED: "the label was removed",
    CancelReason.UNASSIGNED: "the agent was unassigned",
    CancelReason.COMMAND: "asked by a command",
}
