"""The queue watched from outside: what is sent and taken, and the trace that goes with each task."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

from application.ports.task_queue import TaskQueue
from infra.telemetry.catalogue import CONSUMED, QUEUE_CALLS
from infra.telemetry.spans import SpanKind

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import datetime

    from prometheus_client import Histogram

    from application.ports.task_queue import Lease
    from domain.cancellation import Cancellation
    from domain.issue import IssueKey
    from domain.task import Task
    from infra.settings import Settings
    from infra.telemetry.metrics import Metrics
    from infra.telemetry.spans import Spans


@dataclass(frozen=True, slots=True)
class QueueName:
    """Which technology holds which queue."""

    system: str
    destination: str

    def about(self, operation: str, kind: str) -> dict[str, str]:
        """What the conventions for messaging say of an operation; `kind` is send, receive, process or settle."""
        return {
            "messaging.system": self.system,
            "messaging.destination.name": self.destination,
            "messaging.operation.name": operation,
            "messaging.operation.type": kind,
        }


def queue_name(settings: Settings) -> QueueName:
    """From the settings."""
    return QueueName(settings.queue, settings.queue_name)


class _WatchedQueue(TaskQueue):
    """What operators do with the queue goes past this: whatever is not said here is the adapter's own."""

    def __init__(self, queue: TaskQueue, name: QueueName) -> None:
        self._queue = queue
        self._name = name

    async def publish(self, task: Task, not_before: datetime | None = None) -> None:
        """As the queue does."""
        await self._queue.publish(task, not_before)

    async def take(self) -> Lease:
        """As the queue does."""
        return await self._queue.take()

    async def take_given_up(self) -> Lease:
        """As the queue does."""
        return await self._queue.take_given_up()

    async def cancel(self, issue: IssueKey, cancellation: Cancellation) -> None:
        """As the queue does."""
        await self._queue.cancel(issue, cancellation)

    async def close(self) -> None:
        """As the queue does."""
        await self._queue.close()

    def __getattr__(self, name: str) -> object:
        """The operators' side of the queue."""
        return getattr(self._queue, name)


class CountedQueue(_WatchedQueue):
    """Counts what is sent and taken. To wait for a task is no operation that anybody wants to know the length of."""

    def __init__(self, queue: TaskQueue, name: QueueName, metrics: Metrics) -> None:
        super().__init__(queue, name)
        self._metrics = metrics
        self._sent = self._series("send", "")

    async def publish(self, task: Task, not_before: datetime | None = None) -> None:
        """Send it, and count how long that took; the gateway does nothing more often."""
        began = perf_counter()
        try:
            await self._queue.publish(task, not_before)
        except BaseException as error:
            self._series("send", type(error).__name__).observe(perf_counter() - began)
            raise
        self._sent.observe(perf_counter() - began)

    async def take(self) -> Lease:
        """Count what was delivered."""
        return await self._counted(self._queue.take())

    async def take_given_up(self) -> Lease:
        """Likewise."""
        return await self._counted(self._queue.take_given_up())

    async def cancel(self, issue: IssueKey, cancellation: Cancellation) -> None:
        """Pass the wish on."""
        began, failed = perf_counter(), ""
        try:
            await self._queue.cancel(issue, cancellation)
        except BaseException as error:
            failed = type(error).__name__
            raise
        finally:
            self._series("cancel", failed).observe(perf_counter() - began)

    async def _counted(self, taking: Awaitable[Lease]) -> Lease:
        lease = await taking
        self._metrics.counter(CONSUMED, "take", self._name.system, self._name.destination).inc()
        return lease

    def _series(self, operation: str, failed: str) -> Histogram:
        return self._metrics.histogram(QUEUE_CALLS, operation, self._name.system, self._name.destination, failed)


class TracedQueue(_WatchedQueue):
    """Each task leaves with the span of its sending, so that the work on it becomes part of the same trace."""

    def __init__(self, queue: TaskQueue, name: QueueName, spans: Spans) -> None:
        super().__init__(queue, name)
        self._spans = spans

    async def publish(self, task: Task, not_before: datetime | None = None) -> None:
        """Send it, with the trace that it belongs to."""
        about = {
            **self._name.about("send", "send"),
            "messaging.message.id": task.id,
            "coding_agent.task.kind": task.kind.value,
            "coding_agent.issue": str(task.issue),
        }
        with self._spans.span(f"send {self._name.destination}", SpanKind.PRODUCER, about) as span:
            await self._queue.publish(replace(task, traceparent=span.traceparent), not_before)

    async def cancel(self, issue: IssueKey, cancellation: Cancellation) -> None:
        """Pass the wish on."""
        about = {**self._name.about("cancel", "send"), "coding_agent.issue": str(issue)}
        with self._spans.span(f"cancel {self._name.destination}", SpanKind.PRODUCER, about):
            await self._queue.cancel(issue, cancellation)
