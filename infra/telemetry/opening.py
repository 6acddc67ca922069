"""Telemetry as the settings want it; what is not wanted is not even imported."""
# ruff: noqa: PLC0415

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from infra.network import network
from infra.telemetry import catalogue
from infra.watching import NotWatching

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from infra.settings import Settings
    from infra.telemetry.telemetry import Telemetry
    from infra.watching import Watching


class Role(StrEnum):
    """What a process is; the value is its name as a service, unless a setting gives another."""

    GATEWAY = "coding-agent-gateway"
    WORKER = "coding-agent-worker"
    BOTH = "coding-agent"


_METRICS = {
    Role.GATEWAY: (*catalogue.GATEWAY, *catalogue.BOTH),
    Role.WORKER: (*catalogue.WORKER, *catalogue.BOTH),
    Role.BOTH: catalogue.ALL,
}
_PROVIDERS = {"claude": "anthropic"}
"""By the conventions' names; all others are named as the setting LLM names them."""


@asynccontextmanager
async def watched(settings: Settings, role: Role) -> AsyncIterator[Watching]:
    """Whoever looks on in this process: metrics where they can be read or sent, traces where they can be sent."""
    if not (_is_read(settings, role) or settings.otel_exporter_otlp_endpoint):
        yield NotWatching()
    elif settings.otel_exporter_otlp_endpoint:
        async with _sending(settings, role) as telemetry:
            yield telemetry
    else:
        from infra.telemetry.metrics import Metrics
        from infra.telemetry.queue import queue_name
        from infra.telemetry.telemetry import Telemetry

        yield Telemetry(queue_name(settings), _provider(settings), Metrics(_METRICS[role]))


@asynccontextmanager
async def _sending(settings: Settings, role: Role) -> AsyncIterator[Telemetry]:
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from infra.telemetry.metrics import Metrics
    from infra.telemetry.otlp import Receiver, resource
    from infra.telemetry.otlp_metrics import MetricsPush
    from infra.telemetry.queue import queue_name
    from infra.telemetry.telemetry import Telemetry
    from infra.telemetry.tracing import Tracing

    receiver, about = Receiver(settings, network(settings)), resource(settings.otel_service_name or role)
    metrics = Metrics(_METRICS[role])
    push = MetricsPush(metrics.registry, receiver.metrics(), about)
    tracing = Tracing(about, BatchSpanProcessor(receiver.spans()))
    try:
        yield Telemetry(queue_name(settings), _provider(settings), metrics, spans=tracing, push=push)
    finally:
        await asyncio.to_thread(tracing.close)
        push.close()


def _is_read(settings: Settings, role: Role) -> bool:
    gateway, worker = settings.gateway_metrics_port is not None, settings.worker_http_port is not None
    return {Role.GATEWAY: gateway, Role.WORKER: worker, Role.BOTH: gateway or worker}[role]


def _provider(settings: Settings) -> str:
    return _PROVIDERS.get(settings.llm, settings.llm)
