"""Whoever works on a delivered task: the use case, or the same with somebody who looks on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from application.ports.task_queue import Lease
    from domain.outcome import Outcome


class TaskRunner(Protocol):
    """Works on one delivery of a task, from the lease to its end."""

    async def run(self, lease: Lease) -> Outcome | None:
        """Work on the task and settle the lease; None when the lease was lost, and somebody else settles it."""
