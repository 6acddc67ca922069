"""Act on an event: queue the task that it asks for, or pass on the wish that work stop."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import QueueUnavailable
from domain.webhook import CancelWork, Ignore, StartTask

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from application.ports.task_queue import TaskQueue
    from application.use_cases.accept_event import AcceptEvent
    from domain.issue import IssueKey
    from domain.webhook import IssueEvent


@dataclass(frozen=True, slots=True)
class Queued:
    """The task is safely kept."""

    task_id: str


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """All work about the issue has been asked to stop."""

    issue: IssueKey


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing was done, and why."""

    reason: str


Receipt = Queued | CancelRequested | Ignored


class SubmitEvent:
    """Whoever sent the event is answered only once the queue has confirmed, and within `timeout_seconds`.

    An event whose answer came too late may have been queued all the same. To send it again is safe: it names the same
    task.
    """

    def __init__(self, accept: AcceptEvent, queue: TaskQueue, *, timeout_seconds: float = 2.0) -> None:
        self._accept = accept
        self._queue = queue
        self._timeout_seconds = timeout_seconds

    async def submit(self, event: IssueEvent) -> Receipt:
        """Do what the event asks for.

        Raises `QueueUnavailable` when the queue has not confirmed in time.
        """
        decision = self._accept.decide(event)
        match decision:
            case StartTask(task):
                await self._in_time(self._queue.publish(task))
                return Queued(task.id)
            case CancelWork(issue, cancellation, then):
                await self._in_time(self._queue.cancel(issue, cancellation))
                if then:
                    await self._in_time(self._queue.publish(then))
                return CancelRequested(issue)
            case Ignore(reason):
                return Ignored(reason)

    async def _in_time(self, confirmation: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await confirmation
        except TimeoutError:
            message = f"the queue did not confirm within {self._timeout_seconds:g} s; send the event again later"
            raise QueueUnavailable(message) from None
