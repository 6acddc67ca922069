from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from entrypoints.gateway.bounded_requests import BoundedRequests

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

PATIENCE_SECONDS = 30.0
LONGEST_SECONDS = 0.2
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


class Hasty(BoundedRequests):
    longest_seconds = LONGEST_SECONDS


async def answers_slowly(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """As long after the request's end as any request may take, and more."""
    while (await receive()).get("more_body"):
        pass
    await asyncio.sleep(2 * LONGEST_SECONDS)
    await answers_at_once(scope, receive, send)


async def answers_at_once(_scope: Scope, _receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def connected(app: Any) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    config = uvicorn.Config(app, http=Hasty, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Hasty(config, state, {}), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield reader, writer
    finally:
        writer.close()
        server.close()
        await server.wait_closed()


async def trickled(writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "begun",
    [b"", b"POST /", HEAD + b"X-Long: ", HEAD + b"Content-Length: 1000000\r\n\r\n"],
    ids=["nothing", "a line", "a head", "a body"],
)
async def test_hangs_up_on_who_never_comes_to_an_end(begun: bytes) -> None:
    """Also where the answer was given long before the body's end."""
    async with connected(answers_at_once) as (reader, writer):
        writer.write(begun)
        trickle = asyncio.create_task(trickled(writer)) if begun else None
        with suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
        if trickle:
            trickle.cancel()


async def test_waits_for_an_answer_that_takes_longer_than_a_request_may() -> None:
    async with connected(answers_slowly) as (reader, writer):
        for _ in range(2):
            writer.write(HEAD + b"Content-Length: 1\r\n\r\n1")
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_SECONDS)
            assert head.startswith(b"HTTP/1.1 204 ")
