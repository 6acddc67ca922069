"""Publishing that is confirmed, or fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import aiormq.exceptions as amqp

from adapters.rabbitmq.batches import Batches
from adapters.rabbitmq.errors import translated
from adapters.rabbitmq.frames import Outgoing
from domain.errors import AgentError, QueueUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aio_pika.abc import AbstractChannel
    from aiormq.channel import Channel

    from adapters.rabbitmq.link import Link

_PAUSE_SECONDS = 0.05
_NOWHERE = "coding-agent.nowhere"
"""The name of no queue."""


class Publisher:
    """Returns once the broker has the message safely. While it reconnects, a message is tried for `patience_seconds`.

    What was sent and not confirmed is sent again, so a message may come twice.
    """

    def __init__(self, link: Link, *, patience_seconds: float = 1.5) -> None:
        self._link = link
        self._patience_seconds = patience_seconds
        self._channel: AbstractChannel | None = None
        self._batches: Batches | None = None
        self._opening = asyncio.Lock()

    async def put(self, queue: str, message: Outgoing) -> None:
        """Put a message into a queue; raises `QueueUnavailable` when that is not confirmed in time."""
        await self._patiently(lambda: self._put(queue, message))

    async def try_out(self) -> None:
        """Put messages nowhere: the broker confirms them, and drops them. Raises as `put` does.

        Two, one after the other: under an alarm a broker still takes the first of a connection, and blocks it then.
        """
        for _ in range(2):
            await self._patiently(lambda: self._put(_NOWHERE, Outgoing(b"", _NOWHERE), mandatory=False))

    async def _patiently(self, publish: Callable[[], Awaitable[None]]) -> None:
        trouble = QueueUnavailable("the broker does not confirm in time")
        try:
            async with asyncio.timeout(self._patience_seconds):
                while True:
                    try:
                        return await publish()
                    except QueueUnavailable as error:
                        trouble = error
                        await asyncio.sleep(_PAUSE_SECONDS)
        except TimeoutError:
            reason = self._link.trouble or trouble
            raise reason from reason.__cause__

    async def _put(self, queue: str, message: Outgoing, *, mandatory: bool = True) -> None:
        batches = self._usable() or await self._open()
        try:
            with translated("the task cannot be queued now"):
                await batches.publish(queue, message, mandatory=mandatory)
        except AgentError as error:
            raise QueueUnavailable(str(error)) from error.__cause__

    async def _open(self) -> Batches:
        async with self._opening:
            if (batches := self._usable()) is not None:
                return batches
            self._channel = await self._link.channel(confirms=True)
            with translated("the channel is gone"):
                self._batches = Batches(cast("Channel", await self._channel.get_underlay_channel()))
            return self._batches

    def _usable(self) -> Batches | None:
        usable = self._channel and not self._channel.is_closed and self._link.is_up and not self._link.blockage
        return self._batches if usable else None


def is_refused(error: QueueUnavailable) -> bool:
    """Whether the broker answered, and its answer was no: the queue is full."""
    return isinstance(error.__cause__, amqp.DeliveryError) and not isinstance(error.__cause__, amqp.PublishError)
