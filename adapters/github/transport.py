"""One pool of connections, however many clients are made on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from domain.addresses import Route

_LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=60.0)


class SharedTransport(httpx.AsyncBaseTransport):
    """githubkit makes a client for each request, and closes it: this keeps the connections until `shut`."""

    def __init__(self, route: Route) -> None:
        self._pool = httpx.AsyncHTTPTransport(
            verify=route.verify, proxy=route.proxy_url, limits=_LIMITS, trust_env=False
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As the pool does."""
        return await self._pool.handle_async_request(request)

    async def aclose(self) -> None:
        """Nothing: it is a client that ends here, not the adapter."""

    async def shut(self) -> None:
        """Close all connections."""
        await self._pool.aclose()
