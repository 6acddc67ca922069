"""The metrics of one process, as Prometheus's client keeps them: to count costs the gateway less than a microsecond."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from infra.telemetry import catalogue
from infra.telemetry.catalogue import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.telemetry.catalogue import Metric

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Metrics:
    """Those of `metrics`, by what the catalogue says of each, and what the system knows of the process."""

    def __init__(self, metrics: Iterable[Metric] = catalogue.ALL) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        kept = [metric for metric in metrics if metric not in catalogue.QUEUE]
        self._counters = {each: self._counter(each) for each in kept if each.kind is Kind.COUNTER}
        self._gauges = {each: self._gauge(each) for each in kept if each.kind is Kind.GAUGE}
        self._histograms = {each: self._histogram(each) for each in kept if each.kind is Kind.HISTOGRAM}

    def _counter(self, metric: Metric) -> Counter:
        return Counter(metric.family, metric.meaning, metric.labels, registry=self.registry)

    def _gauge(self, metric: Metric) -> Gauge:
        return Gauge(metric.family, metric.meaning, metric.labels, registry=self.registry)

    def _histogram(self, metric: Metric) -> Histogram:
        return Histogram(metric.family, metric.meaning, metric.labels, buckets=metric.buckets, registry=self.registry)

    def counter(self, metric: Metric, *values: str) -> Counter:
        """One of its series; `values` are those of its attributes, in their order."""
        counter = self._counters[metric]
        return counter.labels(*values) if metric.labels else counter

    def gauge(self, metric: Metric, *values: str) -> Gauge:
        """Likewise."""
        gauge = self._gauges[metric]
        return gauge.labels(*values) if metric.labels else gauge

    def histogram(self, metric: Metric, *values: str) -> Histogram:
        """Likewise."""
        histogram = self._histograms[metric]
        return histogram.labels(*values) if metric.labels else histogram

    def page(self) -> bytes:
        """All of them in Prometheus's text format; what has to be asked for is asked now, so not on the event loop."""
        return generate_latest(self.registry)
