"""A process's answers over HTTP to whoever runs it: a few fixed pages, and no web framework for them."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

_LONGEST_HEAD = 8_192
_SECONDS_FOR_A_REQUEST = 5.0


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered."""

    body: bytes
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "application/json"


def json_page(content: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK) -> Page:
    """A page of JSON."""
    return Page(json.dumps(content).encode(), status)


_NOT_FOUND = json_page({"error": HTTPStatus.NOT_FOUND.phrase}, HTTPStatus.NOT_FOUND)
_ONLY_GET = json_page({"error": "only GET is answered here"}, HTTPStatus.METHOD_NOT_ALLOWED)
_NO_REQUEST = json_page({"error": "this is no HTTP request"}, HTTPStatus.BAD_REQUEST)


def metrics_page(text: Callable[[], Awaitable[bytes]]) -> Callable[[], Awaitable[Page]]:
    """Metrics, as Prometheus reads them."""

    async def page() -> Page:
        return Page(await text(), content_type="text/plain; version=0.0.4; charset=utf-8")

    return page


@asynccontextmanager
async def answering(
    pages: Mapping[str, Callable[[], Awaitable[Page]]], host: str, port: int, *, setting: str
) -> AsyncIterator[int]:
    """Answer GET for these paths while the context lasts; gives the port (0: the system chooses one).

    Raises `InvalidInput`, naming the setting, when the port cannot be had.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_SECONDS_FOR_A_REQUEST):
                page, with_body = await _page(reader, pages)
                writer.write(_response(page, with_body=with_body))
                await writer.drain()
        except (OSError, TimeoutError):
            pass  # whoever asked has gone, or sends nothing
        finally:
            writer.close()

    try:
        server = await asyncio.start_server(answer, host, port, limit=_LONGEST_HEAD)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        message = f"{setting}: cannot listen on {host} port {port}: {reason}"
        raise InvalidInput(message) from error
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _page(reader: asyncio.StreamReader, pages: Mapping[str, Callable[[], Awaitable[Page]]]) -> tuple[Page, bool]:
    """The page that is asked for, and whether its body is wanted."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n", 1)[0].decode("ascii").split(" ")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        return _NO_REQUEST, True
    if method not in {"GET", "HEAD"}:
        return _ONLY_GET, True
    page = pages.get(target.partition("?")[0])
    return (await page() if page else _NOT_FOUND), method == "GET"


def _response(page: Page, *, with_body: bool) -> bytes:
    head = (
        f"HTTP/1.1 {page.status.value} {page.status.phrase}\r\n"
        f"Content-Type: {page.content_type}\r\n"
        f"Content-Length: {len(page.body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + (page.body if with_body else b"")
