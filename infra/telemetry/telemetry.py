"""Everything that looks on, as one part."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from infra.telemetry.calls import Calls, ObservedVcs
from infra.telemetry.http_server import DeliveryMetrics, ObservedApp
from infra.telemetry.listeners import EditMetrics, count_exchange, remember_plans
from infra.telemetry.model import ObservedModel
from infra.telemetry.queue import CountedQueue, TracedQueue
from infra.telemetry.queue_state import QueueState
from infra.telemetry.runs import ObservedRuns, ObservedStep
from infra.telemetry.spans import NoSpans
from infra.watching import Watching

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from adapters.github.traffic import Exchange
    from application.handlers import Handler
    from application.ports.clock import Clock
    from application.ports.language_model import LanguageModel
    from application.ports.queue_admin import QueueAdmin
    from application.ports.task_events import TaskEvents
    from application.ports.task_queue import TaskQueue
    from application.ports.vcs import Vcs
    from application.task_runner import TaskRunner
    from application.use_cases.reconcile import Reconciled
    from domain.dialogue import Step
    from infra.telemetry.metrics import Metrics
    from infra.telemetry.otlp_metrics import MetricsPush
    from infra.telemetry.queue import QueueName
    from infra.telemetry.spans import Spans
    from infra.telemetry.tracing import Tracing

Port = TypeVar("Port")
App = TypeVar("App")

_SECONDS_BETWEEN_PUSHES = 30.0


class Telemetry(Watching):
    """Metrics, and where there are `spans`, traces; with a `push`, metrics are sent as well as read.

    `provider` is whose models are asked, by the conventions' names.
    """

    def __init__(
        self,
        queue: QueueName,
        provider: str,
        metrics: Metrics,
        *,
        spans: Tracing | None = None,
        push: MetricsPush | None = None,
    ) -> None:
        self._queue = queue
        self._provider = provider
        self._metrics = metrics
        self._traces = spans
        self._spans: Spans = spans or NoSpans()
        self._push = push
        self._calls = Calls(self._spans, metrics)
        self._delivered = DeliveryMetrics(metrics)

    def port(self, adapter: Port, port: type[Any]) -> Port:
        """Every operation is a span, and counted."""
        return self._calls.observed(adapter, port)

    def vcs(self, vcs: Vcs) -> Vcs:
        """Likewise, of the workspaces too."""
        return ObservedVcs(vcs, self._calls)

    def model(self, model: LanguageModel) -> LanguageModel:
        """Every request is a span; time, tokens and cost are counted."""
        return ObservedModel(model, self._provider, self._spans, self._metrics)

    def queue(self, queue: TaskQueue) -> TaskQueue:
        """What is sent and taken is counted, and tasks carry their trace."""
        counted = CountedQueue(queue, self._queue, self._metrics)
        return TracedQueue(counted, self._queue, self._traces) if self._traces else counted

    def runner(self, runner: TaskRunner, clock: Clock) -> TaskRunner:
        """Every attempt is a span, and counted by what was done and how it ended."""
        return ObservedRuns(runner, self._queue, clock, self._calls, self._spans, self._metrics)

    def step(self, step: Step, make: Callable[[], Handler]) -> Callable[[], Handler]:
        """The use case says that the attempt has come to it."""
        return lambda: ObservedStep(step, make(), self._spans)

    def listeners(self) -> Sequence[TaskEvents]:
        """Who counts edits."""
        return (EditMetrics(self._metrics),)

    def app(self, app: App) -> App:
        """Every request is counted, and webhooks are spans."""
        return ObservedApp(app, self._metrics, self._traces)  # type: ignore[arg-type, return-value]

    def delivered(self, result: str) -> None:
        """Counted."""
        self._delivered(result)

    def exchanged(self, exchange: Exchange) -> None:
        """Counted, and the limit remembered."""
        count_exchange(self._metrics, exchange)

    def looked(self, result: Reconciled) -> None:
        """Waiting plans are remembered."""
        remember_plans(self._metrics, result)

    @property
    def page(self) -> Callable[[], Awaitable[bytes]]:
        """In a thread: to make it, the queue is asked on the event loop."""
        return lambda: asyncio.to_thread(self._metrics.page)

    @asynccontextmanager
    async def telling(self, admin: QueueAdmin) -> AsyncIterator[None]:
        """What a short-lived worker did is sent before the queue is closed, for it would be lost."""
        state = QueueState(admin, asyncio.get_running_loop())
        self._metrics.registry.register(state)
        pushing = asyncio.create_task(self._push_again_and_again()) if self._push else None
        try:
            yield
        finally:
            if pushing is not None:
                pushing.cancel()
                await asyncio.gather(pushing, return_exceptions=True)
            last = [each for each in (self._push and self._push.send, self._traces and self._traces.flush) if each]
            await asyncio.gather(*(asyncio.to_thread(each) for each in last))
            self._metrics.registry.unregister(state)

    async def _push_again_and_again(self) -> None:
        while self._push is not None:
            await asyncio.sleep(_SECONDS_BETWEEN_PUSHES)
            await asyncio.to_thread(self._push.send)
