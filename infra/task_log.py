"""The log lines of the work on a task, whoever writes them, say which task it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from structlog.contextvars import bound_contextvars

from application.task_runner import TaskRunner

if TYPE_CHECKING:
    from application.ports.task_queue import Lease
    from domain.outcome import Outcome


class LoggedRuns(TaskRunner):
    """Binds the ids of task, issue, delivery and attempt once, for every line until the attempt has ended."""

    def __init__(self, runner: TaskRunner) -> None:
        self._runner = runner

    async def run(self, lease: Lease) -> Outcome | None:
        """Work on the task as ever."""
        task = lease.task
        with bound_contextvars(
            task=task.id[:12], issue=str(task.issue), delivery=task.delivery or None, attempt=lease.attempt
        ):
            return await self._runner.run(lease)
