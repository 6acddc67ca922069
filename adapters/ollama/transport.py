"""HTTP to one Ollama server."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import msgspec

from adapters.ollama.errors import FAILURES, Server
from domain.addresses import DIRECT, is_this_machine
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from domain.addresses import Route

_LONGEST_LOOK_SECONDS = 15.0
_LARGEST_BODY = 8 << 20
_NO_ADDRESS = "Ollama's address cannot be used; write it like http://127.0.0.1:11434"


class Transport:
    """A client of one server, for one model; what goes wrong is an error of ours.

    A user and password in the address are sent as such (for a server behind a gateway), and shown nowhere. The
    environment's proxies are used, except for a server on this machine. Redirects are not followed.
    """

    def __init__(
        self, base_url: str, model: str, *, connect_seconds: float, silence_seconds: float, route: Route = DIRECT
    ) -> None:
        url = _server_url(base_url)
        self.server = Server(f"{url.scheme}://{url.netloc.decode('ascii')}", model)
        self._look = httpx.Timeout(_LONGEST_LOOK_SECONDS, connect=connect_seconds)
        self._client = httpx.AsyncClient(
            # Apart from the address, which is written into logs.
            base_url=url.copy_with(userinfo=b""),
            auth=(url.username, url.password) if url.userinfo else None,
            timeout=httpx.Timeout(silence_seconds, connect=connect_seconds),
            follow_redirects=False,
            trust_env=not is_this_machine(url.host),
            verify=route.verify,
            proxy=route.proxy_url,
        )

    @asynccontextmanager
    async def stream(self, path: str, body: Mapping[str, object]) -> AsyncIterator[httpx.Response]:
        """The response to a request, if its status is 200; its body comes as it is written."""
        content = msgspec.json.encode(body)
        try:
            async with self._client.stream("POST", path, content=content, headers=_JSON) as response:
                if response.status_code != httpx.codes.OK:
                    raise self.server.refused(response, await _body(response))
                yield response
        except tuple(FAILURES) as error:
            raise self.server.failed(error) from error

    async def post(self, path: str, body: Mapping[str, object]) -> bytes:
        """The body of a response that comes at once."""
        try:
            content = msgspec.json.encode(body)
            async with self._client.stream(
                "POST", path, content=content, headers=_JSON, timeout=self._look
            ) as response:
                said = await _body(response)
        except tuple(FAILURES) as error:
            raise self.server.failed(error) from error
        if response.status_code != httpx.codes.OK:
            raise self.server.refused(response, said)
        return said

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


_JSON = {"content-type": "application/json"}


async def _body(response: httpx.Response) -> bytes:
    """The body, as far as it is worth reading: an answer that comes at once is short."""
    body = bytearray()
    async for data in response.aiter_bytes():
        body += data
        if len(body) > _LARGEST_BODY:
            break
    return bytes(body[:_LARGEST_BODY])


def _server_url(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise InvalidInput(_NO_ADDRESS) from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise InvalidInput(_NO_ADDRESS)
    return url
