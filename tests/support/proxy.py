"""A way to the broker that can be cut."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_CHUNK = 65_536


class Proxy:
    """Passes bytes on between whoever connects to `port` and the place behind it."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._open: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._refuses = False
        self.port = 0

    def cut(self) -> None:
        """Break every connection, in both directions, without a word."""
        for writer in tuple(self._open):
            writer.transport.abort()

    def refuse(self) -> None:
        """Break every connection, and let none come about."""
        self._refuses = True
        self.cut()

    def accept(self) -> None:
        """Let connections come about again."""
        self._refuses = False

    def stall(self) -> None:
        """Pass nothing on any more, but break nothing: the network swallows it."""
        self._flowing.clear()

    def flow(self) -> None:
        """Pass on what was swallowed, and all that comes."""
        self._flowing.set()

    async def serve(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        try:
            if self._refuses:
                raise ConnectionRefusedError
            server, forth = await asyncio.open_connection(*self._target)
        except OSError:
            back.transport.abort()
            self._open.discard(back)
            return
        self._open.add(forth)
        try:
            await asyncio.gather(self._pump(client, forth), self._pump(server, back))
        finally:
            for writer in (back, forth):
                writer.transport.abort()
            self._open -= {back, forth}

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(_CHUNK):
                await self._flowing.wait()
                target.write(data)
                await target.drain()
        target.transport.abort()

    def start(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """Serve a connection in a task of its own, which `running` ends at the latest."""
        self._open.add(back)
        task = asyncio.create_task(self.serve(client, back))
        self._pumps.add(task)
        task.add_done_callback(self._pumps.discard)

    async def stop(self) -> None:
        """Break everything."""
        broken = tuple(self._open)
        self.refuse()
        for task in tuple(self._pumps):
            task.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        await asyncio.gather(*(writer.wait_closed() for writer in broken), return_exceptions=True)


@asynccontextmanager
async def proxy_to(host: str, port: int) -> AsyncIterator[Proxy]:
    """A proxy on a free port of this machine, until the end of the block."""
    proxy = Proxy(host, port)
    server = await asyncio.start_server(proxy.start, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.stop()
