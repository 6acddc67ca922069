"""What the work tells of itself, as metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.ports.task_events import TaskEvents
from domain.events import EditsChecked
from infra.telemetry.catalogue import ANSWERS, FORGE_REQUESTS, OLDEST_PLAN, PLANS, RATE_LEFT, RATE_LIMIT

if TYPE_CHECKING:
    from adapters.github.traffic import Exchange
    from application.use_cases.reconcile import Reconciled
    from domain.events import Event
    from infra.telemetry.metrics import Metrics

_RESOURCES = frozenset({"core", "graphql", "search", "code_search", "integration_manifest"})
"""What GitHub counts apart, and we may ask for; whatever else a server says shares one name."""


class EditMetrics(TaskEvents):
    """Counts the answers whose edits were applied, and those that were refused."""

    def __init__(self, metrics: Metrics) -> None:
        self._applied = metrics.counter(ANSWERS, "applied")
        self._refused = metrics.counter(ANSWERS, "refused")

    async def record(self, event: Event) -> None:
        """Take note."""
        if isinstance(event, EditsChecked):
            (self._refused if event.problems else self._applied).inc()


class ForgeTraffic:
    """Counts the requests to GitHub, and remembers how many it still allows."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def __call__(self, exchange: Exchange) -> None:
        """Take note of a request."""
        status = str(exchange.status) if exchange.status else ""
        series = (FORGE_REQUESTS, exchange.method, exchange.host, status, exchange.error)
        self._metrics.histogram(*series).observe(exchange.seconds)
        if exchange.limit is not None:
            resource = exchange.limit.resource if exchange.limit.resource in _RESOURCES else "other"
            self._metrics.gauge(RATE_LIMIT, resource).set(exchange.limit.limit)
            self._metrics.gauge(RATE_LEFT, resource).set(exchange.limit.remaining)


class WaitingPlans:
    """Remembers how many plans wait for people, and since when."""

    def __init__(self, metrics: Metrics) -> None:
        self._count = metrics.gauge(PLANS)
        self._oldest = metrics.gauge(OLDEST_PLAN)

    def __call__(self, result: Reconciled) -> None:
        """Take note of a look at the forge."""
        self._count.set(len(result.plans_waiting_since))
        self._oldest.set(min((moment.timestamp() for moment in result.plans_waiting_since), default=0.0))
