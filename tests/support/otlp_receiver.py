"""Whoever takes OTLP over HTTP: it keeps what comes, and reads it with OpenTelemetry's own description of the form."""

from __future__ import annotations

import gzip
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping

    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
    from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric


@dataclass(frozen=True)
class TracedSpan:
    """A span as it was received; ids are hexadecimal, `parent` "" at the root."""

    service: str
    name: str
    kind: str
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    attributes: Mapping[str, Any]
    failed: bool


@dataclass(frozen=True)
class Request:
    """What was sent: where to, with which headers (names in lower case), and the body, unpacked."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class OtlpReceiver:
    """What has come so far."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)

    @property
    def spans(self) -> list[TracedSpan]:
        """All spans."""
        bodies = [request.body for request in self.requests if request.path == "/v1/traces"]
        return [span for body in bodies for span in _spans(ExportTraceServiceRequest.FromString(body))]

    def metrics(self, service: str) -> dict[str, Metric]:
        """The metrics that a service sent last, by name."""
        found: dict[str, Metric] = {}
        for request in self.requests:
            if request.path == "/v1/metrics":
                for told in ExportMetricsServiceRequest.FromString(request.body).resource_metrics:
                    if _values(told.resource.attributes)["service.name"] == service:
                        found = {metric.name: metric for scope in told.scope_metrics for metric in scope.metrics}
        return found


@contextmanager
def otlp_receiver(tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[OtlpReceiver]:
    """A running one, on a port of its own; with `tls`, as the host that its certificate is for."""
    receiver = OtlpReceiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.requests.append(Request(self.path, headers, gzip.decompress(body)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver.url = f"{'https' if tls else 'http'}://{host}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _spans(told: ExportTraceServiceRequest) -> Iterator[TracedSpan]:
    for resource in told.resource_spans:
        service = str(_values(resource.resource.attributes)["service.name"])
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield TracedSpan(
                    service=service,
                    name=span.name,
                    kind=type(span).SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
                    trace=span.trace_id.hex(),
                    id=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    links=tuple(link.span_id.hex() for link in span.links),
                    attributes=_values(span.attributes),
                    failed=span.status.code == 2,
                )


def _values(attributes: Any) -> dict[str, Any]:
    pairs: list[KeyValue] = list(attributes)
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind) if kind else None
