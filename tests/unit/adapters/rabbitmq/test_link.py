from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from adapters.rabbitmq.cancels import Cancels
from adapters.rabbitmq.endpoint import Endpoint
from adapters.rabbitmq.link import Link
from adapters.rabbitmq.publisher import Publisher
from domain.errors import QueueUnavailable
from domain.secret import Secret

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractConnection


class Deaf(Endpoint):
    """Answers a cancellation with an error of its own, as the client does where a connection is being refused."""

    async def connect(self, purpose: str, timeout_seconds: float) -> AbstractConnection:
        try:
            await asyncio.sleep(timeout_seconds)
        except asyncio.CancelledError as error:
            raise QueueUnavailable(purpose) from error
        raise QueueUnavailable(purpose)


async def test_closing_ends_though_the_client_does_not_heed_a_cancellation() -> None:
    link = Link(Deaf(Secret("amqp://user:password@127.0.0.1:1/")), "test", patience_seconds=0.01)
    with pytest.raises(QueueUnavailable):
        await link.connection()
    await asyncio.wait_for(link.close(), 20)


class DeafLink(Link):
    """Answers the cancellation of what waits for a channel with an error of its own."""

    def __init__(self) -> None:
        super().__init__(Endpoint(Secret("amqp://user:password@127.0.0.1:1/")), "test")
        self.asked = asyncio.Event()

    async def channel(self, *, confirms: bool = False) -> AbstractChannel:
        self.asked.set()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        raise QueueUnavailable(str(confirms))


async def test_to_follow_the_wishes_ends_though_the_client_does_not_heed_a_cancellation() -> None:
    link = DeafLink()
    cancels = Cancels(link, Publisher(link), "test.cancels")
    waiting = asyncio.create_task(cancels.ready())
    await link.asked.wait()
    await asyncio.wait_for(cancels.close(), 20)
    waiting.cancel()
