"""Telemetry whose spans and metrics a test looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from infra.telemetry.metrics import Metrics
from infra.telemetry.queue import QueueName
from infra.telemetry.telemetry import Telemetry
from infra.telemetry.tracing import Tracing

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

    from infra.telemetry.catalogue import Metric


class Watcher:
    """All of it, and what it has seen."""

    def __init__(self, *, traced: bool = True) -> None:
        self._exporter = InMemorySpanExporter()
        self.metrics = Metrics()
        self.tracing = Tracing(Resource({}), SimpleSpanProcessor(self._exporter))
        spans = self.tracing if traced else None
        self.telemetry = Telemetry(QueueName("memory", "agent-tasks"), "double", self.metrics, spans=spans)

    @property
    def spans(self) -> dict[str, ReadableSpan]:
        """Those that have ended, by name."""
        return {span.name: span for span in self._exporter.get_finished_spans()}

    def told(self, name: str) -> dict[str, object]:
        """What is known of a span."""
        return dict(self.spans[name].attributes or {})

    def series(self, metric: Metric, suffix: str = "") -> dict[tuple[str, ...], float]:
        """The values of a metric by those of its attributes, in the catalogue's order."""
        return {
            tuple(sample.labels[label] for label in metric.labels): sample.value
            for family in self.metrics.registry.collect()
            if family.name == metric.family
            for sample in family.samples
            if sample.name == metric.family + suffix
        }
