"""HTTP to one server of OpenAI's protocol."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import msgspec

from adapters.openai_compatible.errors import FAILURES, Server
from domain.addresses import DIRECT, is_this_machine
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from domain.addresses import Route
    from domain.secret import Secret

_LONGEST_LOOK_SECONDS = 15.0
_LARGEST_BODY = 8 << 20
_NO_ADDRESS = "The address of the model server cannot be used; write it like http://127.0.0.1:8000/v1"


class Transport:
    """A client of one server, for one model; what goes wrong is an error of ours.

    A user and password in the address are sent as such where there is no key, and shown nowhere. The environment's
    proxies are used, except for a server on this machine. Redirects are not followed: they would take the key along.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        key: Secret,
        *,
        connect_seconds: float,
        silence_seconds: float,
        route: Route = DIRECT,
    ) -> None:
        url = _server_url(base_url)
        self.server = Server(f"{url.scheme}://{url.netloc.decode('ascii')}", model, key)
        self._look = httpx.Timeout(_LONGEST_LOOK_SECONDS, connect=connect_seconds)
        self._client = httpx.AsyncClient(
            base_url=url.copy_with(userinfo=b""),
            auth=(url.username, url.password) if url.userinfo and not key else None,
            headers={"authorization": f"Bearer {key.reveal()}"} if key else {},
            timeout=httpx.Timeout(silence_seconds, connect=connect_seconds),
            follow_redirects=False,
            trust_env=not is_this_machine(url.host),
            verify=route.verify,
            proxy=route.proxy_url,
        )

    @asynccontextmanager
    async def stream(self, path: str, body: Mapping[str, object]) -> AsyncIterator[httpx.Response]:
        """The response to a request, if its status is 200; its body comes as it is written."""
        headers = {"content-type": "application/json", "accept": "text/event-stream"}
        content = msgspec.json.encode(body)
        try:
            async with self._client.stream("POST", path, content=content, headers=headers) as response:
                if response.status_code != httpx.codes.OK:
                    raise self.server.refused(response, await _body(response))
                yield response
        except FAILURES as error:
            raise self.server.failed(error) from error

    async def get(self, path: str) -> bytes:
        """The body of a response that comes at once."""
        try:
            async with self._client.stream("GET", path, timeout=self._look) as response:
                body = await _body(response)
        except FAILURES as error:
            raise self.server.failed(error) from error
        if response.status_code != httpx.codes.OK:
            raise self.server.refused(response, body)
        return body

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


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
