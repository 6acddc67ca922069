"""What is told of the work, as metrics."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from application.ports.task_events import TaskEvents
from domain.events import EditsChecked
from infra.telemetry.catalogue import ANSWERS, FORGE_REQUESTS, OLDEST_PLAN, PLANS, RATE_LEFT, RATE_LIMIT

if TYPE_CHECKING:
    from adapters.github.traffic import Exchange, RateLimit
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


def count_exchange(metrics: Metrics, exchange: Exchange) -> None:
    """A request to the forge was made: count it, and remember how many are still allowed."""
    status = str(exchange.status) if exchange.status else ""
    series = (FORGE_REQUESTS, exchange.method, exchange.host, status, exchange.error)
    metrics.histogram(*series).observe(exchange.seconds)
    if exchange.limit is not None:
        resource = exchange.limit.resource if exchange.limit.resource in _RESOURCES else "other"
        metrics.gauge(RATE_LIMIT, resource).set(exchange.limit.limit)
        metrics.gauge(RATE_LEFT, resource).set_function(partial(_left, exchange.limit))


def _left(limit: RateLimit) -> float:
    """As many as were left, until the hour is over: a worker that asks nothing any more would tell of it for days."""
    is_over = 0 < limit.resets_at <= time.time()
    return limit.limit if is_over else limit.remaining


def remember_plans(metrics: Metrics, result: Reconciled) -> None:
    """Somebody looked at the forge: remember how many plans wait for people, and since when."""
    metrics.gauge(PLANS).set(len(result.plans_waiting_since))
    metrics.gauge(OLDEST_PLAN).set(min((moment.timestamp() for moment in result.plans_waiting_since), default=0.0))
