"""Spans by OpenTelemetry's SDK, sent by OTLP over HTTP from a thread of its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Link, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from infra.telemetry.spans import NoSpan, Span, SpanKind, Spans

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import SpanProcessor

    from infra.telemetry.spans import Attributes

_KINDS = {
    SpanKind.INTERNAL: trace.SpanKind.INTERNAL,
    SpanKind.SERVER: trace.SpanKind.SERVER,
    SpanKind.CLIENT: trace.SpanKind.CLIENT,
    SpanKind.PRODUCER: trace.SpanKind.PRODUCER,
    SpanKind.CONSUMER: trace.SpanKind.CONSUMER,
}
_W3C = TraceContextTextMapPropagator()
_HEADER = "traceparent"


class Tracing(Spans):
    """Makes spans, and gives them to the processor. `withdrawn` ones are never told of."""

    def __init__(self, resource: Resource, processor: SpanProcessor) -> None:
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("coding_agent")

    @contextmanager
    def span(
        self,
        name: str,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes | None = None,
        *,
        caused_by: str = "",
        inner: bool = False,
    ) -> Iterator[Span]:
        """See `Spans`. A task's span is part of its cause's trace, and linked to it as the conventions ask."""
        if inner and not trace.get_current_span().get_span_context().is_valid:
            yield NoSpan()
            return
        cause = _W3C.extract({_HEADER: caused_by}) if caused_by else None
        made = self._tracer.start_span(
            name,
            context=cause,
            kind=_KINDS[kind],
            attributes=attributes,
            links=_links(cause) if kind is SpanKind.CONSUMER else None,
        )
        told = _Told(made)
        token = otel_context.attach(trace.set_span_in_context(made))
        try:
            yield told
        except BaseException as error:
            told.failed(type(error).__name__)
            raise
        finally:
            otel_context.detach(token)
            if not told.withdrawn:
                made.end()

    def flush(self) -> None:
        """Send what has ended; it takes as long as the exporter is patient, so not on the event loop."""
        self._provider.force_flush()

    def close(self) -> None:
        """Send what is left, likewise."""
        self._provider.shutdown()


class _Told(Span):
    def __init__(self, span: trace.Span) -> None:
        self._span = span
        self.withdrawn = False

    def tell(self, attributes: Attributes) -> None:
        self._span.set_attributes(attributes)

    def failed(self, kind: str) -> None:
        self._span.set_attribute("error.type", kind)
        self._span.set_status(StatusCode.ERROR)

    def withdraw(self) -> None:
        """A span that is not ended is not sent."""
        self.withdrawn = True

    @property
    def traceparent(self) -> str:
        carrier: dict[str, str] = {}
        _W3C.inject(carrier, trace.set_span_in_context(self._span))
        return carrier.get(_HEADER, "")


def _links(cause: otel_context.Context | None) -> list[Link]:
    context = trace.get_current_span(cause).get_span_context() if cause is not None else None
    return [Link(context)] if context is not None and context.is_valid else []


def with_trace_ids(_logger: object, _method: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """A processor of log lines: the trace and the span in which each was written."""
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
        event["span_id"] = trace.format_span_id(context.span_id)
    return event
