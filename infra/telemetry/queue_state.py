"""How full the queue is, asked of it whenever somebody reads the metrics."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from domain.errors import AgentError
from infra.telemetry.catalogue import QUEUE_PAUSED, QUEUE_TASKS, QUEUE_UP, QUEUE_WORKERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from application.ports.queue_admin import QueueAdmin, QueueStatus
    from infra.telemetry.catalogue import Metric

_SECONDS = 2.0


class QueueState(Collector):
    """Asks on the loop that the queue lives on, and waits: it must be read from another thread.

    A queue that does not answer within two seconds is not up.
    """

    def __init__(self, admin: QueueAdmin, loop: asyncio.AbstractEventLoop) -> None:
        self._admin = admin
        self._loop = loop

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """The names, without asking the queue."""
        return (_family(metric) for metric in (QUEUE_UP, QUEUE_TASKS, QUEUE_WORKERS, QUEUE_PAUSED))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What the queue says now."""
        status = self._status()
        yield _family(QUEUE_UP, {(): float(status is not None)})
        if status is not None:
            yield from _told(status)

    def _status(self) -> QueueStatus | None:
        asking = asyncio.run_coroutine_threadsafe(self._asked(), self._loop)
        with suppress(TimeoutError, asyncio.CancelledError):
            return asking.result(_SECONDS + 1.0)
        return None

    async def _asked(self) -> QueueStatus | None:
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._admin.status()
        except (AgentError, TimeoutError):
            return None


def _told(status: QueueStatus) -> Iterator[GaugeMetricFamily]:
    states = {"due": status.due, "delayed": status.delayed, "held": status.held, "dead": status.dead}
    yield _family(QUEUE_TASKS, {(state,): float(count) for state, count in states.items()})
    yield _family(QUEUE_PAUSED, {(): float(status.paused is not None)})
    if status.consumers is not None:
        yield _family(QUEUE_WORKERS, {(): float(status.consumers)})


def _family(metric: Metric, values: dict[tuple[str, ...], float] | None = None) -> GaugeMetricFamily:
    family = GaugeMetricFamily(metric.family, metric.meaning, labels=metric.labels)
    for labels, value in (values or {}).items():
        family.add_metric(labels, value)
    return family
