"""Serving the application over HTTP, with uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from typing import TYPE_CHECKING

import uvicorn

from domain.errors import InvalidInput
from entrypoints.gateway.bounded_requests import BoundedRequests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from litestar import Litestar
    from litestar.types import ASGIApp

_BACKLOG = 2048


class _Server(uvicorn.Server):
    """uvicorn, but that it leaves the process's signals to the caller and says when it listens."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_listening()


async def serve(
    app: Litestar,
    host: str,
    port: int,
    on_started: Callable[[int], None],
    *,
    drain_seconds: int = 15,
    around: Callable[[ASGIApp], ASGIApp] = lambda app: app,
) -> None:
    """Serve until cancelled; `on_started` gets the port once it listens (port 0: the system chooses one).

    Requests go to what `around` makes of the application.

    On cancellation no new connection is taken, requests under way have `drain_seconds` to end, then the application's
    services are closed. Signals and the configuration of logging are left to the caller; requests are not logged here.

    Raises `InvalidInput` when the port cannot be had, and whatever opening the application's services raises.
    """
    async with app.lifespan():
        with _listener(host, port) as listener:
            bound_port: int = listener.getsockname()[1]
            server = _Server(_config(around(app), drain_seconds), lambda: on_started(bound_port))
            await _run_until_cancelled(server, listener)


def _config(app: ASGIApp, drain_seconds: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=BoundedRequests,
        ws="none",
        lifespan="off",  # entered above, so that what goes wrong there reaches the caller as it is
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=drain_seconds,
    )


def _listener(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        message = f"cannot listen on {host} port {port}: {reason}"
        raise InvalidInput(message) from error


async def _run_until_cancelled(server: uvicorn.Server, listener: socket.socket) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
