"""A task as the memory queue keeps it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from domain.conversation import NOTHING_SPENT
from domain.task import Attempt

if TYPE_CHECKING:
    from datetime import datetime

    from domain.cancellation import Cancellation
    from domain.conversation import Spend
    from domain.task import Task


class EntryState(Enum):
    """Where a task stands."""

    WAITING = auto()
    HELD = auto()
    DEAD = auto()
    DONE = auto()


@dataclass(slots=True)
class Entry:
    """A task and what became of it; `ended_at` and `reason` are set for a dead one."""

    task: Task
    due: datetime
    state: EntryState = EntryState.WAITING
    retries: int = 0
    redeliveries: int = 0
    spent: Spend = NOTHING_SPENT
    wishes: tuple[Cancellation, ...] = ()
    reason: str = ""
    died_at: datetime | None = None

    @property
    def attempt(self) -> int:
        """Which attempt the next or present one is, or the last one was."""
        return 1 + self.retries + self.redeliveries

    def is_due(self, now: datetime) -> bool:
        """Whether it waits and may be taken."""
        return self.state is EntryState.WAITING and self.due <= now

    def remember(self, at: datetime, reason: str) -> None:
        """Add an attempt to the task's history."""
        self.task = replace(self.task, history=(*self.task.history, Attempt(at, reason)))
