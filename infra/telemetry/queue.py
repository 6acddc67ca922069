"""The queue watched from outside: what is sent and taken, and the trace that goes with each task."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

from application.ports.task_queue import TaskQueue
from infra.telemetry.catalogue import CONSUMED, QUEUE_CALLS
from infra.telemetry.spans import SpanKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from application.ports.task_queue import Lease
    from domain.cancellation import Cancellation
    from domain.issue import IssueKey
    from domain.task import Task
    from infra.settings import Settings
    from infra.telemetry.metrics import Metrics
    from infra.telemetry.spans import Span, Spans


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


class ObservedQueue(TaskQueue):
    """Each task leaves with the span of its sending, so that the work on it becomes part of the same trace.

    What operators do with the queue goes past this: whatever is not said here is the adapter's own.
    """

    def __init__(self, queue: TaskQueue, name: QueueName, spans: Spans, metrics: Metrics) -> None:
        self._queue = queue
        self._name = name
        self._spans = spans
        self._metrics = metrics

    async def publish(self, task: Task, not_before: datetime | None = None) -> None:
        """Send it, with the trace that it belongs to."""
        with self._call("send", {"messaging.message.id": task.id, "coding_agent.task.kind": task.kind.value}) as span:
            traceparent = span.traceparent or task.traceparent
            await self._queue.publish(replace(task, traceparent=traceparent) if traceparent else task, not_before)

    async def take(self) -> Lease:
        """Count what was delivered; to wait for it is no operation that anybody wants to know the length of."""
        return self._taken(await self._queue.take())

    async def take_given_up(self) -> Lease:
        """Likewise."""
        return self._taken(await self._queue.take_given_up())

    async def cancel(self, issue: IssueKey, cancellation: Cancellation) -> None:
        """Pass the wish on."""
        with self._call("cancel", {}):
            await self._queue.cancel(issue, cancellation)

    async def close(self) -> None:
        """As the queue does."""
        await self._queue.close()

    def __getattr__(self, name: str) -> object:
        """The operators' side of the queue."""
        return getattr(self._queue, name)

    def _taken(self, lease: Lease) -> Lease:
        self._metrics.counter(CONSUMED, "take", self._name.system, self._name.destination).inc()
        return lease

    @contextmanager
    def _call(self, operation: str, more: dict[str, str]) -> Iterator[Span]:
        name = self._name
        about = {**name.about(operation, "send"), **more}
        began, failed = perf_counter(), ""
        try:
            with self._spans.span(f"{operation} {name.destination}", SpanKind.PRODUCER, about) as span:
                yield span
        except BaseException as error:
            failed = type(error).__name__
            raise
        finally:
            histogram = self._metrics.histogram(QUEUE_CALLS, operation, name.system, name.destination, failed)
            histogram.observe(perf_counter() - began)
