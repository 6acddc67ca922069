"""Messages that leave together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiormq.exceptions as amqp
from aiormq.abc import ChannelFrame

from adapters.rabbitmq.frames import published

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiormq.channel import Channel

    from adapters.rabbitmq.frames import Outgoing

_LINGER_SECONDS = 0.02
"""How long what comes waits for the confirmations of what has left; a broker that is well takes a tenth of that."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    message: Outgoing
    queue: str
    mandatory: bool
    confirmed: asyncio.Future[None]


class Batches:
    """Publishes on one channel. What comes while the broker has not confirmed what left before leaves in one piece.

    To wake the broker, and to be woken by it, is most of what a confirmed message costs; in a burst a batch shares
    that. A message that comes alone leaves at once. What belongs to a channel's end ends with the channel.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._waiting: list[_Waiting] = []
        self._sending: asyncio.Task[None] | None = None

    async def publish(self, queue: str, message: Outgoing, *, mandatory: bool) -> None:
        """Return once the broker has confirmed; raises what the client raises."""
        confirmed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(message, queue, mandatory, confirmed))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())
        await confirmed

    async def _send(self) -> None:
        while batch := [each for each in self._waiting if not each.confirmed.done()]:
            self._waiting = []
            try:
                confirmations = await self._leave(batch)
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
                _fail(batch, error)
                continue
            await asyncio.wait(confirmations, timeout=_LINGER_SECONDS)

    async def _leave(self, batch: Sequence[_Waiting]) -> list[asyncio.Future[object]]:
        channel = self._channel
        if channel.is_closed:
            message = "the channel is closed"
            raise amqp.ChannelInvalidStateError(message)
        async with channel.lock:
            size = channel.max_content_size
            pieces = [
                published(each.message, each.queue, channel.number, mandatory=each.mandatory, longest_body=size)
                for each in batch
            ]
            confirmations = [self._expect(each) for each in batch]
            await channel.write_queue.put(ChannelFrame(b"".join(pieces), should_close=False))
            return confirmations

    def _expect(self, waiting: _Waiting) -> asyncio.Future[object]:
        """The client's own future of a confirmation, under the number that the broker gives the message, too."""
        channel, message_id = self._channel, waiting.message.message_id
        channel.delivery_tag += 1
        tag = channel.delivery_tag
        confirmation: asyncio.Future[object] = channel.create_future()
        channel.confirmations[tag] = confirmation
        channel.message_id_delivery_tag[message_id] = tag

        def settle(_: asyncio.Future[object]) -> None:
            if channel.message_id_delivery_tag.get(message_id) == tag:
                del channel.message_id_delivery_tag[message_id]
            _settle(waiting.confirmed, confirmation)

        confirmation.add_done_callback(settle)
        return confirmation


def _settle(confirmed: asyncio.Future[None], confirmation: asyncio.Future[object]) -> None:
    """Pass on how it ended; a confirmation that is taken away means that the channel is gone."""
    gone = amqp.ChannelInvalidStateError("the channel is closed")
    error = gone if confirmation.cancelled() else confirmation.exception()
    if confirmed.done():
        return
    if error is None:
        confirmed.set_result(None)
    else:
        confirmed.set_exception(error)


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for each in batch:
        if not each.confirmed.done():
            each.confirmed.set_exception(error)
