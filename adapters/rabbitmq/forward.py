"""Bringing forward what waits for its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.rabbitmq.errors import translated
from adapters.rabbitmq.headers import Counts, counts_of
from adapters.rabbitmq.link import closed_within
from adapters.rabbitmq.taker import issue_text
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage

    from adapters.rabbitmq.link import Link
    from adapters.rabbitmq.taker import Workshop

_SECONDS = 5.0
_MOST = 1_000
"""Messages of a queue that are looked at; beyond them, a task comes when its present wait is over."""


async def bring_forward(shop: Workshop, link: Link, issue: str) -> None:
    """Let the tasks about an issue come at once that wait for their time; each of the others goes on waiting.

    None of them is lost if this ends at any point, for each is published again before it is acknowledged.
    """
    channel = await link.channel()
    try:
        with translated("the waiting tasks cannot be looked through"):
            for name in shop.topology.delays.values():
                queue = await channel.declare_queue(name, passive=True, timeout=_SECONDS)
                for _ in range(min(queue.declaration_result.message_count or 0, _MOST)):
                    message = await queue.get(fail=False, timeout=_SECONDS)
                    if message is None:
                        break
                    await _sort(shop, message, issue)
                    await message.ack()
    finally:
        await closed_within(channel, _SECONDS)


async def _sort(shop: Workshop, message: AbstractIncomingMessage, issue: str) -> None:
    try:
        counts = counts_of(message)
        wanted = issue_text(shop.codec.decode(message.body).issue) == issue
    except InvalidInput:  # whoever takes it says what is wrong with it
        counts, wanted = Counts(), True
    if wanted:
        await shop.outbox.put_back(message, counts)
    else:
        await shop.outbox.postpone(message, counts)
