"""One holder at a time, across all workers."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiormq.exceptions as amqp

from adapters.rabbitmq.errors import translated
from domain.errors import AgentError

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel

    from adapters.rabbitmq.link import Link

_SECONDS = 5.0


@dataclass(eq=False, frozen=True, slots=True)
class Lock:
    """One that is held, by whoever has this object; `name` is its queue's."""

    name: str


class Locks:
    """A lock is an exclusive queue: it belongs to a connection, and is gone as soon as that is.

    Within the connection they are told apart here, for the broker lets its owner declare such a queue again.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._held: dict[str, Lock] = {}
        self._channel: AbstractChannel | None = None
        self._one_at_a_time = asyncio.Lock()

    async def acquire(self, name: str) -> Lock | None:
        """The lock, or None while somebody has it; raises `QueueUnavailable` when the broker cannot be asked."""
        async with self._one_at_a_time:
            if name in self._held or not await self._declared(name):
                return None
            self._held[name] = Lock(name)
            return self._held[name]

    async def release(self, lock: Lock) -> None:
        """Let go; where the broker cannot be told, the connection is gone and the lock with it."""
        async with self._one_at_a_time:
            if self._held.get(lock.name) is not lock:
                return
            del self._held[lock.name]
            with suppress(AgentError), translated("the lock cannot be let go"):
                channel = await (await self._open()).get_underlay_channel()
                await channel.queue_delete(lock.name, timeout=_SECONDS)

    async def _declared(self, name: str) -> bool:
        channel = await self._open()
        try:
            with translated("the broker cannot be asked for a lock"):
                await channel.declare_queue(name, exclusive=True, timeout=_SECONDS)
        except AgentError as error:
            if isinstance(error.__cause__, amqp.ChannelLockedResource):
                return False
            raise
        return True

    async def _open(self) -> AbstractChannel:
        """The channel for locks alone: a refusal closes it."""
        if self._channel is None or self._channel.is_closed:
            self._channel = await self._link.channel()
        return self._channel
