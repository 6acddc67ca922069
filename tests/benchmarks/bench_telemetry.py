"""What telemetry costs: the gateway's CPU for a webhook, and each process's until it is ready.

    python -m tests.benchmarks.bench_telemetry [--webhooks 20000] [--starts 5] [--json]

A webhook: everything that looks on at it (the request, the answer, the sending of the task), around an application and
a queue that do nothing, less these two alone. With traces, the spans go to an exporter that keeps nothing. A start: CPU
seconds until the log line that says that the process is ready, with nothing, with metrics to be read, and with traces
and metrics sent to a receiver that answers.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from infra.telemetry.catalogue import REQUESTS
from infra.telemetry.http_server import WEBHOOKS
from infra.telemetry.metrics import Metrics
from infra.telemetry.queue import QueueName
from infra.telemetry.telemetry import Telemetry
from infra.telemetry.tracing import Tracing
from infra.watching import NotWatching
from tests.benchmarks.agent_process import agent_process
from tests.benchmarks.figures import SPREAD_COLUMNS, Report, show, spread
from tests.fakes.queue import FakeTaskQueue
from tests.support.installation import Installation
from tests.support.otlp_receiver import otlp_receiver
from tests.support.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.watching import Watching

_SCOPE = {"type": "http", "method": "POST", "path": WEBHOOKS, "headers": [(b"x-github-event", b"issues")]}
_ROUNDS = 5
_READY = {"gateway": "listening", "worker": "waiting_for_tasks"}


class _Forgetting(SpanExporter):
    def export(self, spans: object) -> SpanExportResult:
        """Keep nothing."""
        del spans
        return SpanExportResult.SUCCESS


class _Nowhere(FakeTaskQueue):
    async def publish(self, *_: object) -> None:
        """Keep nothing."""


async def microseconds(watching: Watching, webhooks: int) -> float:
    """CPU for one webhook."""
    queue, task = watching.queue(_Nowhere()), Stage().task

    async def app(_scope: object, _receive: object, send: Any) -> None:
        await queue.publish(task)
        watching.delivered("queued")
        await send({"type": "http.response.start", "status": 202})

    async def send(_message: object) -> None: ...

    watched = watching.app(app)
    began = time.process_time()
    for _ in range(webhooks):
        await watched(_SCOPE, None, send)
    return (time.process_time() - began) / webhooks * 1e6


def by_sdk(webhooks: int) -> float:
    """CPU for one histogram with three attributes, in microseconds, as OpenTelemetry's SDK keeps it for Prometheus."""
    histogram = MeterProvider([InMemoryMetricReader()]).get_meter("bench").create_histogram("duration", unit="s")
    about: dict[str, str | int] = {
        "http.request.method": "POST",
        "http.route": WEBHOOKS,
        "http.response.status_code": 202,
    }
    began = time.process_time()
    for _ in range(webhooks):
        histogram.record(0.01, about)
    return (time.process_time() - began) / webhooks * 1e6


def by_client(webhooks: int) -> float:
    """The same as Prometheus's client keeps it, the series at hand."""
    histogram = Metrics().histogram(REQUESTS, "POST", WEBHOOKS, "202")
    began = time.process_time()
    for _ in range(webhooks):
        histogram.observe(0.01)
    return (time.process_time() - began) / webhooks * 1e6


def _telemetry(*, traced: bool) -> Telemetry:
    spans = Tracing(Resource({}), BatchSpanProcessor(_Forgetting())) if traced else None
    return Telemetry(QueueName("rabbitmq", "agent-tasks"), "none", Metrics(), spans=spans)


async def cpu_until_ready(command: str, settings: Mapping[str, str]) -> float:
    """CPU seconds of one start."""
    with tempfile.TemporaryDirectory() as name:
        installation = Installation(Path(name), {"LLM": "ollama", **settings})
        with agent_process(command, installation.environment, Path(name)) as process:
            await process.logged(_READY[command])
            return process.cpu_seconds()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure in turns, and print."""
    options = _parse(arguments)
    measured: dict[str, list[float]] = {}
    kinds: dict[str, Watching] = {
        "nothing": NotWatching(),
        "metrics": _telemetry(traced=False),
        "metrics and traces": _telemetry(traced=True),
    }
    for _ in range(_ROUNDS):
        alone = asyncio.run(microseconds(kinds["nothing"], options.webhooks))
        for name in ("metrics", "metrics and traces"):
            more = asyncio.run(microseconds(kinds[name], options.webhooks)) - alone
            measured.setdefault(f"a webhook, {name}: CPU µs more", []).append(more)
        measured.setdefault("one histogram, OpenTelemetry's SDK: CPU µs", []).append(by_sdk(options.webhooks))
        measured.setdefault("one histogram, Prometheus's client: CPU µs", []).append(by_client(options.webhooks))
    with otlp_receiver() as otlp:
        for turn in range(options.starts + 1):
            for row, figure in _starts(otlp.url).items():
                if turn:  # the first one is not counted
                    measured.setdefault(row, []).append(asyncio.run(cpu_until_ready(*figure)))
    spreads = {name: spread(values) for name, values in measured.items()}
    rows = [(name, *values.cells()) for name, values in spreads.items()]
    figures = {"benchmark": "telemetry", **{name: values.numbers() for name, values in spreads.items()}}
    show(Report("What telemetry costs", ("", *SPREAD_COLUMNS), rows, figures), as_json=options.json)


def _starts(receiver: str) -> dict[str, tuple[str, dict[str, str]]]:
    sent = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver}
    read = {"GATEWAY_METRICS_PORT": "0", "WORKER_HTTP_PORT": "0"}
    ways = {"nothing": {}, "metrics read": read, "traces and metrics sent": sent}
    return {f"{command}, {way}: CPU s": (command, more) for command in _READY for way, more in ways.items()}


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--webhooks", type=int, default=20_000)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
