"""Queue the work on an issue because whoever runs the agent wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import InvalidInput, PermissionRefused
from domain.issue import IssueKey, IssueState
from domain.task import LONGEST_TEXT, Task, TaskKind, task_id

if TYPE_CHECKING:
    from application.ports.clock import Clock
    from application.ports.forge import Forge
    from application.ports.task_queue import TaskQueue
    from domain.issue import Issue
    from domain.policy import Policy
    from domain.task import Mode


class EnqueueIssue:
    """An operator's request, without a label and without a webhook.

    The task is the one that a label would have made of the issue as it is now, but that the operator has asked: the
    queue can be written by the agent's own processes alone, so that what it says of this is believed. Which
    repositories are served holds for operators, too. Each request is a new one.
    """

    def __init__(self, forge: Forge, queue: TaskQueue, policy: Policy, clock: Clock) -> None:
        self._forge = forge
        self._queue = queue
        self._policy = policy
        self._clock = clock

    async def enqueue(self, full_name: str, number: int, *, mode: Mode | None, operator: str) -> Task:
        """Queue the work and return its task; without a mode, labels or the setting decide when it is taken.

        Raises `PermissionRefused` for a repository that is not served, `NotFound` where there is no such issue,
        `InvalidInput` for one that nobody could work on, and what the forge and the queue raise.
        """
        if not self._policy.serves(full_name):
            message = f"{full_name} is not served: list it in ALLOWED_REPOSITORIES, here and for the worker."
            raise PermissionRefused(message)
        repository = await self._forge.find_repository(full_name)
        issue = await self._forge.issue(IssueKey(repository.ref, number))
        _require_workable(issue)
        task = self._task(issue, mode, operator)
        await self._queue.publish(task)
        return task

    def _task(self, issue: Issue, mode: Mode | None, operator: str) -> Task:
        now = self._clock.now()
        return Task(
            id=task_id(issue.key.repository, issue.key.number, f"operator:{now.isoformat()}"),
            kind=TaskKind(mode.value) if mode else TaskKind.START,
            repository=issue.key.repository,
            issue_number=issue.key.number,
            asked_by=f"operator {operator}",
            asked_at=now,
            title=issue.title,
            body=issue.body,
            by_operator=True,
        )


def _require_workable(issue: Issue) -> None:
    if issue.state is not IssueState.OPEN:
        message = f"{issue.key} is closed: open it again first."
        raise InvalidInput(message)
    if (length := len(issue.title) + len(issue.body)) > LONGEST_TEXT:
        message = f"{issue.key} has {length:,} characters; at most {LONGEST_TEXT:,} are read."
        raise InvalidInput(message)
