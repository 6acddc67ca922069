"""The publishing side of a queue, in memory, that can be made to stall or to fail."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from application.ports.task_queue import TaskQueue

if TYPE_CHECKING:
    from datetime import datetime

    from application.ports.task_queue import Lease
    from domain.cancellation import Cancellation
    from domain.issue import IssueKey
    from domain.task import Task


class FakeTaskQueue(TaskQueue):
    """Keeps what is published and cancelled, in order; nobody takes anything from it.

    `waiting` is set once somebody has asked it for anything. `failure` is raised instead of a confirmation.
    """

    def __init__(self) -> None:
        self.published: list[Task] = []
        self.cancelled: list[tuple[IssueKey, Cancellation]] = []
        self.failure: Exception | None = None
        self.waiting = asyncio.Event()
        self.closed = False
        self._flowing = asyncio.Event()
        self._flowing.set()

    def stall(self) -> None:
        """Confirm nothing until `resume`."""
        self._flowing.clear()

    def resume(self) -> None:
        """Confirm what waits, and all that comes."""
        self._flowing.set()

    async def publish(self, task: Task, not_before: datetime | None = None) -> None:
        """Keep the task; `not_before` is not looked at."""
        del not_before
        await self._confirm()
        self.published.append(task)

    async def take(self) -> Lease:
        """Not for this fake."""
        message = "nothing is taken from this queue"
        raise AssertionError(message)

    async def take_given_up(self) -> Lease:
        """Not for this fake."""
        return await self.take()

    async def cancel(self, issue: IssueKey, cancellation: Cancellation) -> None:
        """Keep the wish."""
        await self._confirm()
        self.cancelled.append((issue, cancellation))

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True

    async def _confirm(self) -> None:
        self.waiting.set()
        await self._flowing.wait()
        if self.failure:
            raise self.failure
