"""The work on a task watched from outside: its span, its log lines, its time and its end."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import product
from time import perf_counter
from typing import TYPE_CHECKING, get_args

from application.ports.task_queue import Lease
from application.task_runner import TaskRunner
from domain.dialogue import Step
from domain.outcome import Failed, Outcome
from infra.telemetry.catalogue import ATTEMPTS, CONSUMED, QUEUE_TIME, REDELIVERIES, TASKS
from infra.telemetry.spans import SpanKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from application.handlers import Handler
    from application.job import Job
    from application.ports.clock import Clock
    from infra.telemetry.calls import Calls
    from infra.telemetry.metrics import Metrics
    from infra.telemetry.queue import QueueName
    from infra.telemetry.spans import Span, Spans

_WORDS = re.compile(r"(?<!^)(?=[A-Z])")


def _word(outcome: type) -> str:
    return _WORDS.sub("_", outcome.__name__).lower()


_NO_MODE, _LOST, _STOPPED = "none", "lost", "stopped"
MODES = (_NO_MODE, *(step.value for step in Step))
OUTCOMES = (*map(_word, get_args(Outcome)), _LOST, _STOPPED)


@dataclass(slots=True)
class _Attempt:
    """What is found out about an attempt while it goes on."""

    mode: str = _NO_MODE
    outcome: str = _STOPPED


_ATTEMPT: ContextVar[_Attempt] = ContextVar("attempt")


class ObservedRuns(TaskRunner):
    """One span for each attempt, in the trace of the webhook that asked for the task."""

    def __init__(
        self, runner: TaskRunner, name: QueueName, clock: Clock, calls: Calls, spans: Spans, metrics: Metrics
    ) -> None:
        self._runner = runner
        self._name = name
        self._clock = clock
        self._calls = calls
        self._spans = spans
        self._metrics = metrics
        # What has not happened yet is told, too: of a series that begins with its first one, no increase is seen.
        metrics.counter(CONSUMED, "take", name.system, name.destination)
        for mode, outcome in product(MODES, OUTCOMES):
            metrics.counter(ATTEMPTS, mode, outcome)

    async def run(self, lease: Lease) -> Outcome | None:
        """Work on the task as ever."""
        self._count(lease)
        with self._attempt(lease) as span, self._measured(span) as attempt:
            outcome = await self._runner.run(self._calls.observed(lease, Lease))
            attempt.outcome = _word(type(outcome)) if outcome else _LOST
            if isinstance(outcome, Failed):
                span.failed(attempt.outcome)
            return outcome

    def _count(self, lease: Lease) -> None:
        if lease.attempt == 1:
            waited = (self._clock.now() - lease.task.asked_at).total_seconds()
            self._metrics.histogram(QUEUE_TIME).observe(max(0.0, waited))
        if lease.redeliveries:
            self._metrics.counter(REDELIVERIES).inc()

    @contextmanager
    def _attempt(self, lease: Lease) -> Iterator[Span]:
        task = lease.task
        about = {
            **self._name.about("process", "process"),
            "messaging.message.id": task.id,
            "coding_agent.task.kind": task.kind.value,
            "coding_agent.task.attempt": lease.attempt,
            "coding_agent.issue": str(task.issue),
        }
        name = f"process {self._name.destination}"
        with self._spans.span(name, SpanKind.CONSUMER, about, caused_by=task.traceparent) as span:
            yield span

    @contextmanager
    def _measured(self, span: Span) -> Iterator[_Attempt]:
        attempt, began = _Attempt(), perf_counter()
        token = _ATTEMPT.set(attempt)
        try:
            yield attempt
        finally:
            _ATTEMPT.reset(token)
            span.tell({"coding_agent.task.mode": attempt.mode, "coding_agent.task.outcome": attempt.outcome})
            name = self._name
            series = (TASKS, "process", name.system, name.destination, attempt.mode, attempt.outcome)
            self._metrics.histogram(*series).observe(perf_counter() - began)
            self._metrics.counter(ATTEMPTS, attempt.mode, attempt.outcome).inc()


class ObservedStep:
    """A use case that says of itself, when it begins, that the attempt has come to it; and makes a span."""

    def __init__(self, step: Step, handler: Handler, spans: Spans) -> None:
        self._step = step
        self._handler = handler
        self._spans = spans

    async def run(self, job: Job) -> Outcome:
        """Do the work as ever."""
        if attempt := _ATTEMPT.get(None):
            attempt.mode = self._step.value
        with self._spans.span(self._step.value):
            return await self._handler.run(job)
