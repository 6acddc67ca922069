"""A scripted HTTP server on a loopback port, for adapters of model servers."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.model_server_steps import Abort, Hang, Pause, Send

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from tests.support.model_server_steps import Script, Step


_LOOK = re.compile(r"/api/show$|/v1/models\b")


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request as it came in; the names of headers are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class ModelServer:
    """Answers the n-th request with the n-th script, and all later ones with the last.

    With `draw`, each is answered with what that gives. With `looks`, whoever only looks at a model, asking it nothing,
    gets that, and is not among `requests`. `clients_lost` counts the clients that left before their response was
    complete.
    """

    scripts: tuple[Script, ...]
    looks: Script | None = None
    draw: Callable[[], Script] | None = None
    url: str = ""
    requests: list[RecordedRequest] = field(default_factory=list)
    clients_lost: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _answering: set[asyncio.Task[None]] = field(default_factory=set)

    async def lost_clients(self, count: int = 1, *, within: float = 5.0) -> int:
        """How many clients left, once they are `count` or time is up."""
        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(lambda: self.clients_lost >= count)
        except TimeoutError:
            pass
        return self.clients_lost

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answering = asyncio.create_task(self._answer(reader, writer))
        self._answering.add(answering)
        await asyncio.wait({answering})
        self._answering.discard(answering)
        writer.close()

    async def stop(self) -> None:
        answering = tuple(self._answering)
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = self._script_for(await _read_request(reader))
        playing = asyncio.create_task(_play(script, writer))
        leaving = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not playing.done() or playing.exception():
                await self._lost()
        finally:
            playing.cancel()
            leaving.cancel()
            await asyncio.gather(playing, leaving, return_exceptions=True)

    def _script_for(self, request: RecordedRequest) -> Script:
        if self.looks is not None and _LOOK.search(request.target):
            return self.looks
        self.requests.append(request)
        return self.draw() if self.draw else self.scripts[min(len(self.requests), len(self.scripts)) - 1]

    async def _lost(self) -> None:
        async with self._changed:
            self.clients_lost += 1
            self._changed.notify_all()


@asynccontextmanager
async def model_server(
    *scripts: Script, looks: Script | None = None, draw: Callable[[], Script] | None = None
) -> AsyncIterator[ModelServer]:
    double = ModelServer(scripts, looks, draw)
    listener = await asyncio.start_server(double.serve, "127.0.0.1", 0)
    double.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield double
    finally:
        listener.close()
        await double.stop()


async def _read_request(reader: asyncio.StreamReader) -> RecordedRequest:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return RecordedRequest(method, target, headers, body)


async def _play(script: Script, writer: asyncio.StreamWriter) -> None:
    for step in script:
        await _do(step, writer)


async def _do(step: Step, writer: asyncio.StreamWriter) -> None:
    match step:
        case Send(data):
            writer.write(data)
            await writer.drain()
        case Pause(seconds):
            await asyncio.sleep(seconds)
        case Hang():
            await asyncio.Event().wait()
        case Abort():
            writer.transport.abort()
