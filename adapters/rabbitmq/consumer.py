"""A channel that takes one message at a time from a queue."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from adapters.rabbitmq.errors import translated
from adapters.rabbitmq.link import closed_within
from domain.errors import AgentError, QueueUnavailable

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

    from adapters.rabbitmq.link import Link

_SECONDS = 5.0


class Consumer:
    """Holds at most one message that is not acknowledged; `ended` is set when the broker takes that away."""

    def __init__(self, channel: AbstractChannel, ended: asyncio.Event, queue: str) -> None:
        self.channel = channel
        self.ended = ended
        self._queue = queue
        self._inbox: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        self._tags: dict[str, str] = {}
        self._watch = asyncio.create_task(self._tell_the_end())

    @classmethod
    async def attach(cls, link: Link, queue: str) -> Consumer:
        """Open a channel and consume; raises `QueueUnavailable` when the broker cannot be reached."""
        channel = await link.channel()
        consumer = cls(channel, await link.end_of(channel), queue)
        try:
            with translated(f"nothing can be taken from the queue `{queue}`"):
                await channel.set_qos(prefetch_count=1, timeout=_SECONDS)
                await consumer.consume(queue)
        except BaseException:
            await consumer.close()
            raise
        return consumer

    async def consume(self, queue: str) -> None:
        """Consume from a queue, or show by it that this consumer is there."""
        source = await self.channel.get_queue(queue, ensure=False)
        self._tags[queue] = await source.consume(self._inbox.put, timeout=_SECONDS)

    async def next(self, seconds: float) -> AbstractIncomingMessage | None:
        """The next message; None when none came for so long, or `wake` was called.

        Raises `QueueUnavailable` once the channel has ended.
        """
        message = None
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                message = await self._inbox.get()
        if self.ended.is_set():
            trouble = f"the connection on which `{self._queue}` was waited at has ended"
            raise QueueUnavailable(trouble)
        return message

    def wake(self) -> None:
        """Let `next` return."""
        self._inbox.put_nowait(None)

    def arrived(self) -> list[AbstractIncomingMessage]:
        """What was delivered, and not taken by `next`."""
        messages = [self._inbox.get_nowait() for _ in range(self._inbox.qsize())]
        return [message for message in messages if message is not None]

    async def finish(self, message: AbstractIncomingMessage, seconds: float) -> None:
        """Take no more, then acknowledge the message; the broker's answer to what follows proves that it has come."""
        async with asyncio.timeout(seconds):
            tags = list(self._tags.items())
            for queue, tag in tags[:1]:
                await (await self.channel.get_queue(queue, ensure=False)).cancel(tag)
            await message.ack()
            for queue, tag in tags[1:]:
                await (await self.channel.get_queue(queue, ensure=False)).cancel(tag)

    async def stop(self) -> None:
        """Take no more; what was delivered stays in hand."""
        with suppress(AgentError), translated("the consumer is gone"):
            async with asyncio.timeout(_SECONDS):
                for queue, tag in self._tags.items():
                    await (await self.channel.get_queue(queue, ensure=False)).cancel(tag)
        self._tags.clear()

    async def close(self) -> None:
        """Close the channel: what was not acknowledged is delivered to somebody else."""
        self._watch.cancel()
        await closed_within(self.channel, _SECONDS)

    async def _tell_the_end(self) -> None:
        await self.ended.wait()
        self.wake()
