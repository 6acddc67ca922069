"""One wait for a task."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.rabbitmq.consumer import Consumer
from adapters.rabbitmq.delivery import Delivery
from adapters.rabbitmq.errors import translated
from adapters.rabbitmq.headers import Counts, counts_of
from adapters.rabbitmq.lease import RabbitLease
from adapters.rabbitmq.topology import DELIVERY_LIMIT
from domain.errors import AgentError, InvalidInput, QueueUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aio_pika.abc import AbstractIncomingMessage

    from adapters.rabbitmq.background import Background
    from adapters.rabbitmq.cancels import Cancels
    from adapters.rabbitmq.link import Link
    from adapters.rabbitmq.locks import Locks
    from adapters.rabbitmq.outbox import Outbox
    from adapters.rabbitmq.pause import PauseFlag
    from adapters.rabbitmq.stamps import Stamps
    from adapters.rabbitmq.topology import Topology
    from application.ports.task_codec import TaskCodec
    from domain.issue import IssueKey
    from domain.task import Task


@dataclass(frozen=True, slots=True)
class Workshop:
    """What takers share. `look_seconds`: how often one that waits looks whether there is a pause."""

    link: Link
    topology: Topology
    codec: TaskCodec
    outbox: Outbox
    cancels: Cancels
    pause: PauseFlag
    locks: Locks
    stamps: Stamps
    background: Background
    look_seconds: float


class Taker:
    """Consumes until it has a task that may be worked on; what else comes is put where it belongs, uncounted.

    With `given_up` it takes what the broker has delivered too often: such a task is only reported, so it waits for no
    issue and heeds no date.
    """

    def __init__(self, shop: Workshop, *, given_up: bool = False) -> None:
        self._shop = shop
        self._given_up = given_up
        self._queue = shop.topology.expired if given_up else shop.topology.tasks
        self._stopped = asyncio.Event()
        self._consumer: Consumer | None = None

    def stop(self) -> None:
        """Wait no longer."""
        self._stopped.set()
        if self._consumer is not None:
            self._consumer.wake()

    async def take(self) -> RabbitLease:
        """The lease; raises `QueueUnavailable` when the broker is away, or once it is stopped."""
        while True:
            await self._shop.cancels.ready()
            await self._resumed()
            self._consumer = await Consumer.attach(self._shop.link, self._queue)
            lease = None
            try:
                lease = await self._first(self._consumer)
            finally:
                if lease is None:
                    await self._dismiss(self._consumer)
            if lease is not None:
                return lease

    async def _resumed(self) -> None:
        """Return when there is no pause."""
        channel = await self._shop.link.channel()
        try:
            while await self._shop.pause.is_up(channel):
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._shop.look_seconds):
                        await self._stopped.wait()
                self._check_stopped()
        finally:
            with suppress(AgentError), translated("the channel is gone"):
                await channel.close()

    async def _first(self, consumer: Consumer) -> RabbitLease | None:
        """The first task that fits; None when there is a pause."""
        while True:
            message = await consumer.next(self._shop.look_seconds)
            if message is None:
                self._check_stopped()
            if await self._shop.pause.is_up(consumer.channel):
                if message is not None:
                    await self._put_back(consumer, message)
                return None
            if message is not None and (lease := await self._fitting(consumer, message)):
                return lease

    async def _fitting(self, consumer: Consumer, message: AbstractIncomingMessage) -> RabbitLease | None:
        """The lease on the task in a message; None after the message was put elsewhere."""
        try:
            counts = self._counts(message)
            task = self._shop.codec.decode(message.body)
        except InvalidInput as error:
            reason = str(error)
            await self._move(consumer, message, lambda: self._shop.outbox.bury(message, Counts(), reason))
            return None
        issue = issue_text(task.issue)
        if not self._may_come(counts, issue):
            await self._move(consumer, message, lambda: self._shop.outbox.postpone(message, counts))
            return None
        return await self._held(consumer, message, counts, task)

    def _may_come(self, counts: Counts, issue: str) -> bool:
        cancelled = self._shop.cancels.wishes(issue, counts.stamp)
        return self._given_up or bool(cancelled) or self._shop.outbox.is_due(counts)

    async def _held(
        self, consumer: Consumer, message: AbstractIncomingMessage, counts: Counts, task: Task
    ) -> RabbitLease | None:
        """The lease, unless somebody works on the issue."""
        shop, issue = self._shop, issue_text(task.issue)
        lock = None if self._given_up else await shop.locks.acquire(shop.topology.lock(issue))
        if lock is None and not self._given_up:
            await self._move(consumer, message, lambda: shop.outbox.wait_for_issue(message, counts))
            return None
        proof = lock.name if lock else self._queue
        delivery = Delivery(message, counts, consumer, shop.locks, lock, proof, shop.background)
        try:
            with translated("the task cannot be held"):
                await consumer.consume(shop.topology.holders)
        except BaseException:
            await delivery.leave()
            raise
        return RabbitLease(delivery, task, shop.outbox, shop.cancels, issue, shop.background)

    def _counts(self, message: AbstractIncomingMessage) -> Counts:
        """The message's counts; one that somebody else has published is as new as it comes."""
        counts = counts_of(message, given_up_after=DELIVERY_LIMIT + 1 if self._given_up else 0)
        return counts if counts.stamp else replace(counts, stamp=self._shop.stamps.next())

    async def _move(
        self, consumer: Consumer, message: AbstractIncomingMessage, publish: Callable[[], Awaitable[None]]
    ) -> None:
        """Publish the message elsewhere, then acknowledge it.

        While nothing can be published it is kept: to let go of it would count as a delivery, and those are limited.
        """
        while True:
            try:
                await publish()
                break
            except QueueUnavailable:
                if consumer.ended.is_set() or self._stopped.is_set():
                    raise
                await asyncio.sleep(self._shop.look_seconds)
        with translated("the message cannot be acknowledged"):
            await message.ack()

    async def _put_back(self, consumer: Consumer, message: AbstractIncomingMessage) -> None:
        if self._given_up:
            return  # it returns with the channel, and its deliveries are not counted
        counts = _counts_or_none(message)
        await self._move(consumer, message, lambda: self._shop.outbox.put_back(message, counts))

    async def _dismiss(self, consumer: Consumer) -> None:
        """Consume no more, and put back what has come meanwhile."""
        self._consumer = None
        await consumer.stop()
        with suppress(QueueUnavailable):
            for message in consumer.arrived():
                await self._put_back(consumer, message)
        await consumer.close()

    def _check_stopped(self) -> None:
        if self._stopped.is_set():
            message = "the queue is closed"
            raise QueueUnavailable(message)


def issue_text(issue: IssueKey) -> str:
    """The issue's identity: a repository may be renamed, its id stays."""
    return f"{issue.repository.forge}/{issue.repository.id}#{issue.number}"


def _counts_or_none(message: AbstractIncomingMessage) -> Counts:
    try:
        return counts_of(message)
    except InvalidInput:
        return Counts()
