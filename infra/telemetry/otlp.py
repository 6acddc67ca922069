"""Sending by OTLP over HTTP: where to, and as whom."""

from __future__ import annotations

import os
import re
import socket
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import requests
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from requests.adapters import HTTPAdapter

from domain.errors import InvalidInput

if TYPE_CHECKING:
    from domain.addresses import Route
    from infra.network import Network
    from infra.settings import Settings

_SECONDS = 5.0
"""What one export may take, tries included: a receiver that is away must not hold up the end of a worker."""
_HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+)=([!#-+\--:<-\[\]-~]*)")


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
        self._pool: dict[str, Any] = {} if route.context is None else {"ssl_context": route.context}
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **{**kwargs, **self._pool})

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **{**kwargs, **self._pool})
