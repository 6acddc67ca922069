"""The tasks that were set aside."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from adapters.rabbitmq.errors import translated
from adapters.rabbitmq.headers import LATEST, Counts, moment, spend_of
from adapters.rabbitmq.link import closed_within
from application.ports.queue_admin import DeadLetter
from domain.errors import InvalidInput, NotFound, QueueUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

    from adapters.rabbitmq.locks import Lock
    from adapters.rabbitmq.taker import Workshop
    from domain.task import Task

_SECONDS = 10.0
_LOOK_SECONDS = 0.05


class Graveyard:
    """Looks through the queue of the dead under a lock, for whoever looks holds all that are there meanwhile."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop

    async def letters(self) -> Sequence[DeadLetter]:
        """What lies there, the longest dead first."""
        async with self._messages() as messages:
            letters = [self._letter(message) for message in messages]
        return sorted(letters, key=lambda letter: letter.died_at)

    async def revive(self, task_id: str) -> None:
        """Queue a dead task anew; raises `NotFound`."""
        async with self._messages() as messages:
            found = self._found(messages, task_id)
            await self._revive(found[0])
            await _acknowledge(found)

    async def revive_all(self) -> int:
        """Queue each anew; how many there were."""
        async with self._messages() as messages:
            for message in messages:
                await self._revive(message)
                await _acknowledge([message])
            return len({_id(message) for message in messages})

    async def drop(self, task_id: str) -> None:
        """Forget a dead task; raises `NotFound`."""
        async with self._messages() as messages:
            await _acknowledge(self._found(messages, task_id))

    @asynccontextmanager
    async def _messages(self) -> AsyncIterator[list[AbstractIncomingMessage]]:
        """All of them, in hand; those that are not acknowledged go back."""
        shop = self._shop
        lock = await self._lock()
        try:
            channel = await shop.link.channel()
            try:
                yield await self._read(channel)
            finally:
                await closed_within(channel, _SECONDS)
        finally:
            await shop.locks.release(lock)

    async def _lock(self) -> Lock:
        try:
            async with asyncio.timeout(_SECONDS):
                while (lock := await self._shop.locks.acquire(f"{self._shop.topology.dead}.lock")) is None:  # noqa: ASYNC110 - a broker's lock tells nobody
                    await asyncio.sleep(_LOOK_SECONDS)
                return lock
        except TimeoutError:
            message = "somebody else is looking through the dead letters; try again"
            raise QueueUnavailable(message) from None

    async def _read(self, channel: AbstractChannel) -> list[AbstractIncomingMessage]:
        messages: list[AbstractIncomingMessage] = []
        with translated("the dead letters cannot be read"):
            queue = await channel.declare_queue(self._shop.topology.dead, passive=True, timeout=_SECONDS)
            for _ in range(queue.declaration_result.message_count or 0):
                message = await queue.get(fail=False, timeout=_SECONDS)
                if message is None:
                    break
                messages.append(message)
        return messages

    def _found(self, messages: Sequence[AbstractIncomingMessage], task_id: str) -> list[AbstractIncomingMessage]:
        """Those about the task: there are two where a worker died just when it set the task aside."""
        found = [message for message in messages if _id(message) == task_id]
        if not found:
            message = f"no dead task has the id {task_id}"
            raise NotFound(message)
        return found

    async def _revive(self, message: AbstractIncomingMessage) -> None:
        """What is no task goes back as it is: another release may read it."""
        counts = Counts(stamp=self._shop.stamps.next(), spent=spend_of(message))
        task = self._task(message)
        if task is None:
            await self._shop.outbox.put_back(message, counts)
        else:
            await self._shop.outbox.revive(task, _died_at(message), _reason(message), counts)

    def _letter(self, message: AbstractIncomingMessage) -> DeadLetter:
        task = self._task(message)
        return DeadLetter(
            task_id=_id(message),
            task=task,
            reason=_reason(message),
            died_at=moment(_died_at(message)),
            attempt=_number(message, "attempt", 1),
            unreadable=message.body if task is None else b"",
            spent=spend_of(message),
        )

    def _task(self, message: AbstractIncomingMessage) -> Task | None:
        try:
            return self._shop.codec.decode(message.body)
        except InvalidInput:
            return None


async def _acknowledge(messages: Sequence[AbstractIncomingMessage]) -> None:
    with translated("the dead letters cannot be changed"):
        for message in messages:
            await message.ack()


def _id(message: AbstractIncomingMessage) -> str:
    """The task's id; one that is made from the bytes where a stranger has published without any."""
    return message.message_id or hashlib.sha256(message.body).hexdigest()


def _reason(message: AbstractIncomingMessage) -> str:
    return str(message.headers.get("reason", ""))


def _died_at(message: AbstractIncomingMessage) -> int:
    """In microseconds since 1970; 0 where a stranger has written what is no time."""
    died_at = _number(message, "died-at", 0)
    return died_at if 0 <= died_at <= LATEST else 0


def _number(message: AbstractIncomingMessage, name: str, default: int) -> int:
    value = message.headers.get(name, default)
    return value if isinstance(value, int) else default
