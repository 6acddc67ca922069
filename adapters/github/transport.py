"""One pool of connections, however many clients are made on it."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import httpx

from adapters.github.traffic import Exchange, nobody, rate_limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.addresses import Route

_LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=60.0)


class SharedTransport(httpx.AsyncBaseTransport):
    """githubkit makes a client for each request, and closes it: this keeps the connections until `shut`.

    `told` hears of each request once it has an answer, or none.
    """

    def __init__(self, route: Route, told: Callable[[Exchange], None] = nobody) -> None:
        self._told = told
        self._pool = httpx.AsyncHTTPTransport(
            verify=route.verify, proxy=route.proxy_url, limits=_LIMITS, trust_env=False
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As the pool does."""
        began, method, host = perf_counter(), request.method, request.url.host
        try:
            response = await self._pool.handle_async_request(request)
        except BaseException as error:
            self._told(Exchange(method, host, perf_counter() - began, error=type(error).__name__))
            raise
        limit = rate_limit(response.headers)
        self._told(Exchange(method, host, perf_counter() - began, response.status_code, limit=limit))
        return response

    async def aclose(self) -> None:
        """Nothing: it is a client that ends here, not the adapter."""

    async def shut(self) -> None:
        """Close all connections."""
        await self._pool.aclose()
