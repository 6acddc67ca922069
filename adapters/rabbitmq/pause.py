"""The operators' flag that nothing is to be taken."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from adapters.rabbitmq.errors import translated
from adapters.rabbitmq.frames import Outgoing
from adapters.rabbitmq.publisher import is_refused
from application.ports.queue_admin import Pause
from domain.errors import QueueUnavailable

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel

    from adapters.rabbitmq.publisher import Publisher
    from adapters.rabbitmq.topology import Topology

_SECONDS = 5.0


class _Note(msgspec.Struct):
    by: str
    since: datetime


class PauseFlag:
    """A message in a queue is the flag; a second queue holds who set it, so that reading that never lowers the flag.

    Each queue takes one message: whoever pauses first is remembered.
    """

    def __init__(self, publisher: Publisher, topology: Topology) -> None:
        self._publisher = publisher
        self._topology = topology

    async def raise_(self, by: str, now: datetime) -> None:
        """Pause; nothing happens where there is a pause."""
        body = msgspec.json.encode(_Note(by, now))
        for queue in (self._topology.pause_note, self._topology.paused):
            try:
                await self._publisher.put(queue, Outgoing(body, uuid.uuid4().hex))
            except QueueUnavailable as error:
                if not is_refused(error):
                    raise

    async def lower(self, channel: AbstractChannel) -> None:
        """Pause no longer."""
        for queue in (self._topology.paused, self._topology.pause_note):
            with translated("the pause cannot be ended now"):
                await (await channel.get_queue(queue, ensure=False)).purge(timeout=_SECONDS)

    async def is_up(self, channel: AbstractChannel) -> bool:
        """Whether there is a pause."""
        with translated("the broker cannot be asked whether there is a pause"):
            flag = await channel.declare_queue(self._topology.paused, passive=True, timeout=_SECONDS)
        return bool(flag.declaration_result.message_count)

    async def read(self, channel: AbstractChannel) -> Pause | None:
        """The pause that there is."""
        if not await self.is_up(channel):
            return None
        with translated("the pause cannot be read"):
            note = await (await channel.get_queue(self._topology.pause_note, ensure=False)).get(fail=False)
            if note is not None:
                await note.nack(requeue=True)
                with suppress(msgspec.DecodeError):
                    read = msgspec.json.decode(note.body, type=_Note)
                    return Pause(read.by, read.since.astimezone(UTC))
        return Pause("", datetime.fromtimestamp(0, UTC))
