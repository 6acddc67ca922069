"""A message in hand, with all that is held for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.rabbitmq.errors import translated

if TYPE_CHECKING:
    import asyncio

    from aio_pika.abc import AbstractIncomingMessage

    from adapters.rabbitmq.background import Background
    from adapters.rabbitmq.consumer import Consumer
    from adapters.rabbitmq.headers import Counts
    from adapters.rabbitmq.locks import Lock, Locks


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was delivered, by which consumer, and the lock on its issue where one is needed.

    `proof` is the name of a queue that the broker shows to nobody but us: the lock's.
    """

    message: AbstractIncomingMessage
    counts: Counts
    consumer: Consumer
    locks: Locks
    lock: Lock | None
    proof: str
    background: Background

    @property
    def ended(self) -> asyncio.Event:
        """Set when the broker has taken the message away."""
        return self.consumer.ended

    async def prove(self, seconds: float) -> None:
        """Have the broker answer, on the channel that holds the message, that the lock is ours."""
        with translated("the task is not held any more"):
            await self.consumer.channel.declare_queue(self.proof, passive=True, timeout=seconds)

    async def acknowledge(self, seconds: float) -> None:
        """The message is dealt with."""
        with translated("the task cannot be acknowledged"):
            await self.consumer.finish(self.message, seconds)

    async def leave(self) -> None:
        """Let go of the lock at once, and of the channel soon."""
        if self.lock is not None:
            await self.locks.release(self.lock)
        self.background.start(self.consumer.close())

    def abandon(self) -> None:
        """The message was taken away: let go of the lock, where the connection has not taken that along."""
        self.background.start(self.leave())
