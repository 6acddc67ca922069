"""The gateway watched from outside: what it is asked over HTTP, and what it answers."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from infra.telemetry.catalogue import DELIVERIES, REQUESTS
from infra.telemetry.spans import SpanKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from contextlib import AbstractContextManager

    from prometheus_client import Counter, Histogram

    from infra.telemetry.metrics import Metrics
    from infra.telemetry.spans import Span, Spans

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

WEBHOOKS = "/webhook/github"
ROUTES = frozenset({WEBHOOKS, "/health", "/ready"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SERVER_ERROR = 500
_FROM_NOUGHT = (202, 500, 503)
RESULTS = ("queued", "cancelled", "ignored", "greeted", "refused", "unavailable")
"""What may become of a delivery."""
_PROVED_NOTHING = frozenset({400, 401, 404, 405, 408, 413})
"""Answers to whoever has not shown a delivery of the forge's: counted, and not traced, for anybody could make many."""


class ObservedApp:
    """Counts every request, which takes some microseconds; with `spans`, makes one of each webhook that was taken.

    A webhook that comes with a `traceparent` of its own, from a proxy for instance, becomes part of that trace.
    """

    def __init__(self, app: App, metrics: Metrics, spans: Spans | None) -> None:
        self._app = app
        self._metrics = metrics
        self._spans = spans
        # What has not happened yet is told, too: of a series that begins with its first failure, no increase is seen.
        self._series = {
            ("POST", WEBHOOKS, status): metrics.histogram(REQUESTS, "POST", WEBHOOKS, str(status))
            for status in _FROM_NOUGHT
        }
        for result in RESULTS:
            metrics.counter(DELIVERIES, result)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        began, status = perf_counter(), _SERVER_ERROR

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            if self._spans is None or scope["path"] != WEBHOOKS:
                await self._app(scope, receive, sending)
            else:
                with self._span(self._spans, scope) as span:
                    await self._app(scope, receive, sending)
                    _tell(span, status)
        finally:
            self._observe(scope, status, perf_counter() - began)

    @staticmethod
    def _span(spans: Spans, scope: Scope) -> AbstractContextManager[Span]:
        method = _method(scope)
        about = {
            "http.request.method": method,
            "http.route": WEBHOOKS,
            "url.path": WEBHOOKS,
            "url.scheme": scope.get("scheme", "http"),
        }
        return spans.span(f"{method} {WEBHOOKS}", SpanKind.SERVER, about, caused_by=_header(scope, b"traceparent"))

    def _observe(self, scope: Scope, status: int, seconds: float) -> None:
        key = (scope["method"], scope["path"], status)
        series = self._series.get(key)
        if series is None:
            series = self._new(scope, status)
            if scope["path"] in ROUTES and scope["method"] in _METHODS:
                self._series[key] = series
        series.observe(seconds)

    def _new(self, scope: Scope, status: int) -> Histogram:
        route = scope["path"] if scope["path"] in ROUTES else "other"
        return self._metrics.histogram(REQUESTS, _method(scope), route, str(status))


class DeliveryMetrics:
    """Counts the deliveries by what became of them."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._series: dict[str, Counter] = {}

    def __call__(self, result: str) -> None:
        """Take note of one."""
        series = self._series.get(result)
        if series is None:
            series = self._series[result] = self._metrics.counter(DELIVERIES, result)
        series.inc()


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in _METHODS else "_OTHER"


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _tell(span: Span, status: int) -> None:
    span.tell({"http.response.status_code": status})
    if status >= _SERVER_ERROR:
        span.failed(str(status))
    if status in _PROVED_NOTHING:
        span.withdraw()
