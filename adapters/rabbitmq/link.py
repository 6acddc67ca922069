"""One connection to the broker, kept up."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from adapters.rabbitmq.errors import translated
from domain.errors import AgentError, PermanentError, QueueUnavailable

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractConnection

    from adapters.rabbitmq.endpoint import Endpoint

_CONNECT_SECONDS = 10.0
_CLOSE_SECONDS = 5.0
_LOOK_SECONDS = 0.2
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 3.0


class Link:
    """Connects when it is first needed, and again whenever the connection has ended, until it is closed.

    What was opened on a connection ends with it: channels, consumers, exclusive queues and deliveries are never brought
    back behind anybody's back. `patience_seconds` is how long one waits for a connection. One that the broker reads
    nothing from, because it is short of memory or disk, counts as none until it does again.
    """

    def __init__(self, endpoint: Endpoint, purpose: str, *, patience_seconds: float = 1.5) -> None:
        self._endpoint = endpoint
        self._purpose = purpose
        self._patience_seconds = patience_seconds
        self._keeper: asyncio.Task[None] | None = None
        self._connection: AbstractConnection | None = None
        self._connected = asyncio.Event()
        self._trouble: AgentError | None = None
        self._blocked = False
        self._ends: set[asyncio.Event] = set()
        self._closing = False

    async def connection(self) -> AbstractConnection:
        """The connection as it is now; raises `QueueUnavailable` when there is none within the patience."""
        if self._connection is not None and _is_up(self._connection):
            if blockage := self.blockage:
                raise blockage
            return self._connection
        self._connected.clear()
        self._check_open()
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.create_task(self._keep())
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience_seconds):
                await self._connected.wait()
        self._check_open()
        if not self._connected.is_set():
            message = str(self._trouble or f"the broker at {self._endpoint} does not answer")
            raise QueueUnavailable(message)
        return await self.connection()

    async def channel(self, *, confirms: bool = False) -> AbstractChannel:
        """A new channel; with `confirms`, what is published is confirmed, and what has no queue is an error."""
        connection = await self.connection()
        with translated(f"the broker at {self._endpoint} cannot be used now"):
            async with asyncio.timeout(self._patience_seconds):
                channel = connection.channel(publisher_confirms=confirms, on_return_raises=confirms)
                await channel.initialize()
                return channel

    @property
    def is_up(self) -> bool:
        """Whether there is a connection now."""
        return self._connection is not None and _is_up(self._connection)

    @property
    def blockage(self) -> QueueUnavailable | None:
        """Why the broker reads nothing from this connection; None where it does."""
        if not self._blocked:
            return None
        return QueueUnavailable(
            f"the broker at {self._endpoint} takes no messages now: it has raised an alarm, for it is short of memory "
            "or disk"
        )

    @property
    def trouble(self) -> QueueUnavailable | None:
        """Why nothing can be sent now, as far as it is known; None where it can."""
        if self._trouble is not None and not self.is_up:
            return QueueUnavailable(str(self._trouble))
        return self.blockage

    async def end_of(self, channel: AbstractChannel) -> asyncio.Event:
        """An event that is set when the channel is closed, its connection has ended, or the broker ends a consumer."""
        ended = asyncio.Event()

        def end(*_: object) -> None:
            ended.set()
            self._ends.discard(ended)

        with translated("the channel is gone"):
            channel.close_callbacks.add(end, weak=False)
            (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(end)
        if channel.is_closed or not self.is_up:
            ended.set()
        else:
            self._ends.add(ended)
        return ended

    @property
    def refusal(self) -> PermanentError | None:
        """Why no connection comes about that a person must mend; None where waiting may help, or there is one."""
        return self._trouble if isinstance(self._trouble, PermanentError) else None

    async def close(self) -> None:
        """Disconnect for good."""
        self._closing = True
        self._connected.set()
        if self._keeper is not None:
            await ended(self._keeper)
        if self._connection is not None:
            await closed_within(self._connection, _CLOSE_SECONDS)
            self._connection = None

    def _check_open(self) -> None:
        if self._closing:
            message = "the queue is closed"
            raise QueueUnavailable(message)

    async def _keep(self) -> None:
        """Connect, wait for the end, connect again; with growing pauses while it does not succeed."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                connection = await self._endpoint.connect(self._purpose, _CONNECT_SECONDS)
            except AgentError as error:
                self._trouble = error
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
                continue
            pause = _FIRST_PAUSE_SECONDS
            self._connection = connection
            self._connected.set()
            while _is_up(connection):
                await self._look(connection)
            self._blocked = False
            self._connected.clear()
            self._connection = self._trouble = None
            for ended in tuple(self._ends):
                ended.set()
            self._ends.clear()
            await closed_within(connection, _CLOSE_SECONDS)

    async def _look(self, connection: AbstractConnection) -> None:
        """Let a moment pass; the client tells nobody when the broker blocks it, and not always when it has ended."""
        if connection.transport is None:
            return
        reads = asyncio.ensure_future(connection.transport.connection.ready())
        await asyncio.sleep(_LOOK_SECONDS)
        self._blocked = not reads.done()
        reads.cancel()


def _is_up(connection: AbstractConnection) -> bool:
    """Whether its two ends still work: the client may never say so of a connection that broke while it was used."""
    return connection.transport is not None and bool(connection.transport.connection.is_opened)


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel a task that speaks with the broker until it has ended.

    Once is not always enough: the client may swallow a cancellation, or answer it with an error of its own.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_LOOK_SECONDS)


async def closed_within(what: AbstractConnection | AbstractChannel, seconds: float) -> None:
    """Close a connection or a channel, whatever its state.

    A dead one may not answer, nor heed its cancellation: it is left behind then, and never waited for.
    """
    closing = asyncio.create_task(_closed(what))
    await asyncio.wait({closing}, timeout=seconds)
    closing.cancel()


async def _closed(what: AbstractConnection | AbstractChannel) -> None:
    with suppress(AgentError), translated("it cannot be closed"):
        await what.close()
