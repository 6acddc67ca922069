"""What an operator sees of the queue, and can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from domain.task import Task


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A task that was set aside: why, when (UTC), and in which attempt.

    `task` carries the history of the attempts before; it is None where the queue holds bytes that are no task.
    """

    task_id: str
    task: Task | None
    reason: str
    died_at: datetime
    attempt: int


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """How many tasks there are: due now, waiting for their time, held by a worker, set aside."""

    due: int = 0
    delayed: int = 0
    held: int = 0
    dead: int = 0


class QueueAdmin(Protocol):
    """The operators' side of a task queue.

    Every method raises `QueueUnavailable` when the queue cannot be reached.
    """

    async def status(self) -> QueueStatus:
        """How many tasks there are now."""

    async def dead(self) -> Sequence[DeadLetter]:
        """The tasks that were set aside, the longest dead first."""

    async def redrive(self, task_id: str) -> None:
        """Put a dead task back, due at once, its attempts counted from 1 again and no longer cancelled.

        The reason of its death joins its history. Raises `NotFound` where no dead task has this id.
        """
