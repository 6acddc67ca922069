"""People's wishes that the work on an issue stop, in a stream that every worker follows."""

from __future__ import annotations

import asyncio
import uuid
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime
from functools import reduce
from typing import TYPE_CHECKING

import msgspec

from adapters.rabbitmq.errors import translated
from adapters.rabbitmq.frames import Outgoing
from adapters.rabbitmq.link import closed_within, ended
from domain.cancellation import Cancellation, CancelReason, joined
from domain.errors import AgentError, QueueUnavailable

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

    from adapters.rabbitmq.link import Link
    from adapters.rabbitmq.publisher import Publisher

_PREFETCH = 500
_SECONDS = 10.0
_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.5
_WISHES_KEPT = 100


class _Wish(msgspec.Struct, omit_defaults=True):
    """A record of the stream: a wish, or a mark that only says how far the stream has been read."""

    mark: str = ""
    issue: str = ""
    stamp: int = 0
    by: str = ""
    at: str = ""
    reason: str = ""


class Cancels:
    """Adds wishes, and knows all that were confirmed before `ready` returned, and soon after each that comes later.

    The stream is the durable truth and the message to whoever holds a task in one: it keeps a wish for a week at least,
    and brings it to every follower as it is written. `ready` reads what there is, up to a mark of its own.
    """

    def __init__(self, link: Link, publisher: Publisher, stream: str) -> None:
        self._link = link
        self._publisher = publisher
        self._stream = stream
        self._wishes: defaultdict[str, list[tuple[int, Cancellation]]] = defaultdict(list)
        self._news: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._mark = ""
        self._marked = asyncio.Event()
        self._follower: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._trouble = "the broker does not answer in time"

    async def add(self, issue: str, stamp: int, cancellation: Cancellation) -> None:
        """Keep the wish safely; it concerns the tasks about the issue with an earlier stamp."""
        at = cancellation.at.isoformat()
        wish = _Wish(issue=issue, stamp=stamp, by=cancellation.by, at=at, reason=cancellation.reason)
        await self._publish(wish)
        self._note(wish)

    def wishes(self, issue: str, published: int) -> tuple[Cancellation, ...]:
        """Those that concern a task about the issue with this stamp, oldest first."""
        later = sorted((known for known in self._wishes.get(issue, ()) if known[0] > published), key=lambda k: k[0])
        return reduce(joined, (wish for _, wish in later), ())

    async def wait(self, issue: str, published: int) -> tuple[Cancellation, ...]:
        """Return them once there is one."""
        news = asyncio.Event()
        self._news[issue].add(news)
        try:
            while not (wishes := self.wishes(issue, published)):
                await news.wait()
                news.clear()
        finally:
            self._news[issue].discard(news)
        return wishes

    async def ready(self) -> None:
        """Return once the stream is followed, and was read to its end; raises `QueueUnavailable` when it cannot be."""
        if self._follower is None:
            self._follower = asyncio.create_task(self._follow())
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._ready.wait()
        except TimeoutError:
            message = f"the stream `{self._stream}` cannot be followed now: {self._trouble}"
            raise QueueUnavailable(message) from None

    async def close(self) -> None:
        """Follow it no longer."""
        if self._follower is not None:
            await ended(self._follower)

    async def _follow(self) -> None:
        """Follow the stream from its beginning, and again from there whenever that ends."""
        while True:
            try:
                channel = await self._link.channel()
            except AgentError as error:
                self._trouble = str(error)
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            try:
                ended = await self._link.end_of(channel)
                await self._attach(channel)
                self._ready.set()
                await ended.wait()
            except AgentError as error:
                self._trouble = str(error)
                await asyncio.sleep(_PAUSE_SECONDS)
            finally:
                self._ready.clear()
                await closed_within(channel, _PAUSE_SECONDS)

    async def _attach(self, channel: AbstractChannel) -> None:
        """Read from the first record to a mark that is set now."""
        self._mark = uuid.uuid4().hex
        self._marked.clear()
        with translated(f"the stream `{self._stream}` cannot be followed"):
            async with asyncio.timeout(_SECONDS):
                await channel.set_qos(prefetch_count=_PREFETCH)
                stream = await channel.get_queue(self._stream, ensure=False)
                await stream.consume(self._read, arguments={"x-stream-offset": "first"})
                await self._publish(_Wish(mark=self._mark))
                await self._marked.wait()

    async def _read(self, message: AbstractIncomingMessage) -> None:
        try:
            wish = msgspec.json.decode(message.body, type=_Wish)
        except (msgspec.DecodeError, UnicodeDecodeError):
            wish = _Wish()  # nobody's wish; the stream goes on
        if wish.mark and wish.mark == self._mark:
            self._marked.set()
        elif wish.issue:
            self._note(wish)
        with suppress(AgentError), translated("the channel is gone"):  # and `_follow` sees that
            await message.ack()

    def _note(self, wish: _Wish) -> None:
        try:
            at = datetime.fromisoformat(wish.at).astimezone(UTC)
            cancellation = Cancellation(wish.by, at, CancelReason(wish.reason))
        except ValueError:
            return  # a reason that a later release knows
        known = self._wishes[wish.issue]
        if (wish.stamp, cancellation) not in known:
            known.append((wish.stamp, cancellation))
            del known[:-_WISHES_KEPT]
        for news in self._news.get(wish.issue, ()):
            news.set()

    async def _publish(self, wish: _Wish) -> None:
        body = msgspec.json.encode(wish)
        message = Outgoing(body, uuid.uuid4().hex, content_type="application/json")
        await self._publisher.put(self._stream, message)
