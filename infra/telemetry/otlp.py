"""Sending by OTLP over HTTP: where to, as whom, and the metrics in its form."""

from __future__ import annotations

import os
import re
import socket
import time
import uuid
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import requests
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
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
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from requests.adapters import HTTPAdapter

from domain.errors import InvalidInput
from infra.telemetry import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric as Family
    from prometheus_client.samples import Sample

    from domain.addresses import Route
    from infra.network import Network
    from infra.settings import Settings

_SECONDS = 5.0
"""What one export may take, tries included: a receiver that is away must not hold up the end of a worker."""
_HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+)=([!#-+\--:<-\[\]-~]*)")
_KNOWN = {metric.family: metric for metric in catalogue.ALL}
_SCOPE = InstrumentationScope("coding_agent")


class Receiver:
    """Whoever takes traces and metrics; the way there is that of all other servers (`CA_BUNDLE_PATH`, `HTTPS_PROXY`).

    Raises `InvalidInput` for an address or headers that are none.
    """

    def __init__(self, settings: Settings, network: Network) -> None:
        self._url = _checked(settings.otel_exporter_otlp_endpoint)
        self._headers = _headers(settings.otel_exporter_otlp_headers.reveal())
        self._route = network.route_to(self._url)

    def spans(self) -> OTLPSpanExporter:
        """Where spans go."""
        return OTLPSpanExporter(
            f"{self._url}/v1/traces",
            headers=self._headers,
            timeout=_SECONDS,
            compression=Compression.Gzip,
            session=_session(self._route),
        )

    def metrics(self) -> OTLPMetricExporter:
        """Where metrics go."""
        return OTLPMetricExporter(
            f"{self._url}/v1/metrics",
            headers=self._headers,
            timeout=_SECONDS,
            compression=Compression.Gzip,
            session=_session(self._route),
        )


def resource(name: str) -> Resource:
    """Who tells: the service, and this very process of it; `OTEL_RESOURCE_ATTRIBUTES` adds to it."""
    instance = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    return Resource.create({"service.name": name, "service.instance.id": instance})


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


def _checked(url: str) -> str:
    """The address is not repeated: it may hold a password."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        message = "OTEL_EXPORTER_OTLP_ENDPOINT: this is no address; one looks like http://collector:4318"
        raise InvalidInput(message)
    if "@" in parts.netloc:
        message = "OTEL_EXPORTER_OTLP_ENDPOINT: no password belongs here; put it into OTEL_EXPORTER_OTLP_HEADERS"
        raise InvalidInput(message)
    return url.rstrip("/")


def _headers(text: str) -> dict[str, str]:
    """`name=value`, separated by commas, the value as in a URL.

    It is not repeated where it is wrong. The library would; so it gets to read only what it can.
    """
    headers = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        found = _HEADER.fullmatch(entry)
        if found is None:
            message = (
                "OTEL_EXPORTER_OTLP_HEADERS: headers look like name=value, separated by commas; in a value, blanks and "
                "other odd characters are written as in a URL (%20)"
            )
            raise InvalidInput(message)
        headers[found[1].lower()] = unquote(found[2])
    return headers


def _session(route: Route) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    if route.proxy_url:
        session.proxies = {"https": route.proxy_url}
    session.mount("https://", _Trusting(route))
    return session


class _Trusting(HTTPAdapter):
    """Trusts the authorities that are trusted everywhere here."""

    def __init__(self, route: Route) -> None:
        self._context = route.context
        super().__init__()

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        if self._context is not None:
            kwargs["ssl_context"] = self._context
        super().init_poolmanager(*args, **kwargs)  # type: ignore[arg-type]
