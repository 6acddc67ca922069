"""Messages that leave together."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
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
_STALL_SECONDS = 5.0
"""How long what comes waits for the network to take what has left."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    frames: bytes
    message_id: str
    confirmed: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Batches:
    """Publishes on one channel. What comes while the broker has not confirmed what left before leaves in one piece.

    To wake the broker, and to be woken by it, is most of what a confirmed message costs; in a burst a batch shares
    that. A message that comes alone leaves at once. While the network takes nothing, nothing more is written, so that
    what nobody waits for any more needs no memory. What belongs to a channel's end ends with the channel.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._waiting: list[_Waiting] = []
        self._under_way: dict[str, list[_Waiting]] = {}
        self._sending: asyncio.Task[None] | None = None

    async def publish(self, queue: str, message: Outgoing, *, mandatory: bool) -> None:
        """Return once the broker has confirmed; raises what the client raises, and `InvalidInput` as `published`."""
        channel = self._channel
        size = channel.max_content_size
        frames = published(message, queue, channel.number, mandatory=mandatory, longest_body=size)
        waiting = _Waiting(frames, message.message_id)
        self._waiting.append(waiting)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())
        try:
            await waiting.confirmed
        except asyncio.CancelledError:
            with suppress(ValueError):  # it has left
                self._waiting.remove(waiting)
            raise

    async def _send(self) -> None:
        while batch := self._waiting:
            self._waiting = []
            drained: asyncio.Future[None] = self._channel.create_future()
            try:
                confirmations = await self._leave(batch, drained)
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
                _fail(batch, error)
                continue
            await asyncio.wait(confirmations, timeout=_LINGER_SECONDS)
            if not drained.done():
                await asyncio.wait((drained,), timeout=_STALL_SECONDS)

    async def _leave(self, batch: Sequence[_Waiting], drained: asyncio.Future[None]) -> list[asyncio.Future[object]]:
        channel = self._channel
        if channel.is_closed:
            message = "the channel is closed"
            raise amqp.ChannelInvalidStateError(message)
        async with channel.lock:
            confirmations = [self._expect(each) for each in batch]
            payload = b"".join([each.frames for each in batch])
            await channel.write_queue.put(ChannelFrame(payload, should_close=False, drain_future=drained))
            return confirmations

    def _expect(self, waiting: _Waiting) -> asyncio.Future[object]:
        """The client's own future of a confirmation, under the number that the broker gives the message, too."""
        channel, message_id = self._channel, waiting.message_id
        channel.delivery_tag += 1
        tag = channel.delivery_tag
        confirmation: asyncio.Future[object] = channel.create_future()
        channel.confirmations[tag] = confirmation
        channel.message_id_delivery_tag[message_id] = tag
        self._under_way.setdefault(message_id, []).append(waiting)

        def settle(_: asyncio.Future[object]) -> None:
            if channel.message_id_delivery_tag.get(message_id) == tag:
                del channel.message_id_delivery_tag[message_id]
            self._settle(waiting, confirmation)

        confirmation.add_done_callback(settle)
        return confirmation

    def _settle(self, waiting: _Waiting, confirmation: asyncio.Future[object]) -> None:
        """Pass on how it ended; a confirmation that is taken away means that the channel is gone.

        What comes back for want of a queue is known by its message's id alone: where several with that id are under
        way, the client cannot tell which of them it is, and takes the others for safe when they are confirmed, which
        the broker does with these too. So an error is an error of them all.
        """
        same = self._under_way[waiting.message_id]
        gone = amqp.ChannelInvalidStateError("the channel is closed")
        error = gone if confirmation.cancelled() else confirmation.exception()
        if error is not None:
            _fail(same, error)
        elif not waiting.confirmed.done():
            waiting.confirmed.set_result(None)
        same.remove(waiting)
        if not same:
            del self._under_way[waiting.message_id]


def _fail(waiting: Sequence[_Waiting], error: BaseException) -> None:
    for each in waiting:
        if not each.confirmed.done():
            each.confirmed.set_exception(error)
