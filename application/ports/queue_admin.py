"""What an operator sees of the queue, and can do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from domain.conversation import NOTHING_SPENT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from domain.conversation import Spend
    from domain.task import Task


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A task that was set aside: why, when (UTC), in which attempt, and what all its attempts have `spent`.

    `task` carries the history of the attempts before; it is None where the queue holds bytes that are no task, which
    `unreadable` are then. `task_id` is what the queue knows it by in either case.
    """

    task_id: str
    task: Task | None
    reason: str
    died_at: datetime
    attempt: int
    unreadable: bytes = b""
    spent: Spend = NOTHING_SPENT


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is delivered: who wanted that, and since when (UTC)."""

    by: str
    since: datetime


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """How many tasks there are: due now, waiting for their time, held by a worker, set aside; and who takes them.

    `consumers` is how many workers wait for tasks or hold one, None where the queue cannot know; two statuses are equal
    whoever looks on.
    """

    due: int = 0
    delayed: int = 0
    held: int = 0
    dead: int = 0
    paused: Pause | None = None
    consumers: int | None = field(default=None, compare=False)


class QueueAdmin(Protocol):
    """The operators' side of a task queue.

    Every method raises `QueueUnavailable` when the queue cannot be reached.
    """

    async def set_up(self) -> None:
        """Make what the queue consists of, where it is missing; raises `InvalidInput` where it is there and differs."""

    async def check(self) -> None:
        """Raise `InvalidInput` where the queue, as it is set up, cannot do what the settings ask of it."""

    async def try_publishing(self) -> None:
        """Raise `QueueUnavailable`, saying why, where a task that came now would not be kept. It keeps nothing."""

    async def status(self) -> QueueStatus:
        """How many tasks there are now."""

    async def knows(self, task_id: str) -> bool | None:
        """Whether to publish a task of this id would do nothing, because it is there, or is remembered as done.

        None where the queue cannot say: then what waits has to be taken before anybody knows.
        """

    async def dead(self) -> Sequence[DeadLetter]:
        """The tasks that were set aside, the longest dead first."""

    async def redrive(self, task_id: str) -> None:
        """Put a dead task back, due at once, its attempts counted from 1 again and no longer cancelled.

        The reason of its death joins its history; what it has cost stays. Raises `NotFound` where no dead task has this
        id.
        """

    async def redrive_all(self) -> int:
        """Put every dead task back likewise; how many there were."""

    async def drop(self, task_id: str) -> None:
        """Forget a dead task for good. Raises `NotFound` where no dead task has this id."""

    async def purge(self) -> int:
        """Throw away all tasks that wait, due or not, without a word to anybody; how many there were.

        What is held or dead stays. A task that is published again later may be delivered, or dropped as known.
        """

    async def pause(self, by: str) -> None:
        """Let `take` deliver nothing, to whichever process, until `resume`; it survives every restart.

        Once this has returned no task is handed out any more. Tasks in hand are finished, and published ones kept.
        A pause while there is one changes nothing.
        """

    async def resume(self) -> None:
        """Let tasks be delivered again; nothing happens where there is no pause."""
