"""The metrics in OTLP's form, sent from where Prometheus's client keeps them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from infra.telemetry import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.resources import Resource
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric as Family
    from prometheus_client.samples import Sample

_KNOWN = {metric.family: metric for metric in catalogue.ALL}
_SCOPE = InstrumentationScope("coding_agent")


class MetricsPush:
    """Sends what a registry holds; each time all of it, as sums since the process began."""

    def __init__(self, registry: CollectorRegistry, exporter: OTLPMetricExporter, about: Resource) -> None:
        self._registry = registry
        self._exporter = exporter
        self._about = about
        self._began = time.time_ns()

    def send(self) -> None:
        """Send them now, and wait until that is done or given up: not on the event loop."""
        now = time.time_ns()
        told = [each for family in self._registry.collect() for each in _metrics(family, self._began, now)]
        scope = ScopeMetrics(_SCOPE, told, "")
        self._exporter.export(MetricsData([ResourceMetrics(self._about, [scope], "")]))

    def close(self) -> None:
        """Let go of the connection."""
        self._exporter.shutdown()


def _metrics(family: Family, began: int, now: int) -> Iterator[Metric]:
    """A family in OpenTelemetry's form, by its name there; one without series is left out."""
    known = _KNOWN.get(family.name)
    name, unit = (known.name, known.unit) if known else (family.name, "")
    if not family.samples:
        return
    data: Sum | Gauge | Histogram
    if family.type == "histogram":
        data = Histogram(_histogram_points(family.samples, known, began, now), AggregationTemporality.CUMULATIVE)
    else:
        points = [
            NumberDataPoint(_attributes(sample, known), began, now, sample.value)
            for sample in family.samples
            if family.type != "counter" or sample.name.endswith("_total")
        ]
        is_sum = family.type == "counter"
        data = Sum(points, AggregationTemporality.CUMULATIVE, is_monotonic=True) if is_sum else Gauge(points)
    yield Metric(name, family.documentation, unit, data)


def _histogram_points(
    samples: Iterable[Sample], known: catalogue.Metric | None, began: int, now: int
) -> list[HistogramDataPoint]:
    """Prometheus counts in each bucket what is in the lower ones too; OpenTelemetry does not."""
    series: dict[tuple[tuple[str, str], ...], dict[str, float]] = {}
    for sample in samples:
        labels = tuple((name, value) for name, value in sample.labels.items() if name != "le")
        part = sample.labels.get("le", sample.name.rpartition("_")[2])
        series.setdefault(labels, {})[part] = sample.value
    return [_histogram_point(dict(labels), parts, known, began, now) for labels, parts in series.items()]


def _histogram_point(
    labels: dict[str, str], parts: dict[str, float], known: catalogue.Metric | None, began: int, now: int
) -> HistogramDataPoint:
    total, count = parts.pop("sum"), int(parts.pop("count"))
    upto = [int(value) for value in parts.values()]
    counts = [upper - lower for lower, upper in zip([0, *upto], upto, strict=False)]
    bounds = [float(bound) for bound in parts if bound != "+Inf"]
    attributes = _named(labels, known)
    return HistogramDataPoint(attributes, began, now, count, total, counts, bounds, None, None)  # type: ignore[arg-type]


def _attributes(sample: Sample, known: catalogue.Metric | None) -> dict[str, str]:
    return _named(sample.labels, known)


def _named(labels: dict[str, str], known: catalogue.Metric | None) -> dict[str, str]:
    """The labels as OpenTelemetry names them; an empty one is, there, none."""
    names = dict(zip(known.labels, known.attributes, strict=True)) if known else {}
    return {names.get(label, label): value for label, value in labels.items() if value}
