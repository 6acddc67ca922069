"""Many publishers on one channel of a real broker, and what may happen to their messages on the way."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from contextlib import suppress
from typing import TYPE_CHECKING

import aio_pika
import aiormq.exceptions as amqp
import pytest

from adapters.rabbitmq.endpoint import Endpoint
from adapters.rabbitmq.frames import Outgoing
from adapters.rabbitmq.link import Link
from adapters.rabbitmq.publisher import Publisher, is_refused
from domain.errors import QueueUnavailable
from domain.secret import Secret
from tests.support.broker import broker_group
from tests.support.proxy import proxy_to

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.broker import Broker
    from tests.support.proxy import Proxy
    from tests.support.rabbit import Bench

pytestmark = broker_group
PATIENCE_SECONDS = 20.0


@pytest.fixture
async def proxy(broker: Broker) -> AsyncIterator[Proxy]:
    async with proxy_to(broker.host, broker.amqp) as proxy:
        yield proxy


@pytest.fixture
async def link(proxy: Proxy) -> AsyncIterator[Link]:
    endpoint = Endpoint(Secret(through(proxy)), role="test", heartbeat_seconds=1)
    link = Link(endpoint, "publishing", patience_seconds=PATIENCE_SECONDS)
    yield link
    await link.close()


@pytest.fixture
def publisher(link: Link) -> Publisher:
    return Publisher(link, patience_seconds=PATIENCE_SECONDS)


def through(proxy: Proxy) -> str:
    return f"amqp://guest:guest@127.0.0.1:{proxy.port}/"


def message(number: int, body: bytes = b"x") -> Outgoing:
    return Outgoing(body, f"id-{number}")


async def found(bench: Bench, queue: str) -> list[aio_pika.abc.AbstractIncomingMessage]:
    async with await aio_pika.connect(bench.broker.url) as connection:
        source = await (await connection.channel()).get_queue(queue)
        messages = []
        while (got := await source.get(fail=False)) is not None:
            messages.append(got)
        return messages


async def test_hundreds_at_once_are_each_confirmed_and_each_there_once(bench: Bench, publisher: Publisher) -> None:
    queue = bench.topology.dead
    await asyncio.gather(*(publisher.put(queue, message(n)) for n in range(500)))
    assert sorted(got.message_id or "" for got in await found(bench, queue)) == sorted(f"id-{n}" for n in range(500))


async def test_a_body_of_many_frames_arrives_whole_among_others(bench: Bench, publisher: Publisher) -> None:
    queue, bodies = bench.topology.dead, [bytes([n]) * (n * 100_000) for n in range(8)]
    await asyncio.gather(*(publisher.put(queue, message(n, body)) for n, body in enumerate(bodies)))
    assert {got.message_id: got.body for got in await found(bench, queue)} == {
        f"id-{n}": body for n, body in enumerate(bodies)
    }


async def test_what_has_no_queue_fails_and_nothing_else_does(bench: Bench, link: Link) -> None:
    publisher = Publisher(link, patience_seconds=1)
    await publisher.put(bench.topology.dead, message(0))
    missing = [publisher.put("coding-agent.no-such-queue", message(number)) for number in range(1, 4)]
    kept = [publisher.put(bench.topology.dead, message(number)) for number in range(4, 7)]
    results = await asyncio.gather(*missing, *kept, return_exceptions=True)
    assert [type(result) for result in results] == [QueueUnavailable] * 3 + [type(None)] * 3


async def test_the_same_message_sent_several_times_to_no_queue_is_never_called_safe(link: Link) -> None:
    publisher = Publisher(link, patience_seconds=1)
    await publisher.try_out()
    sent = [publisher.put("coding-agent.no-such-queue", message(1)) for _ in range(5)]
    results = await asyncio.gather(*sent, return_exceptions=True)
    assert [type(result) for result in results] == [QueueUnavailable] * 5


async def test_a_message_that_the_protocol_has_no_room_for_takes_no_other_with_it(bench: Bench, link: Link) -> None:
    publisher = Publisher(link, patience_seconds=1)
    await publisher.put(bench.topology.dead, message(0))
    bad = Outgoing(b"", "x" * 300)
    puts = (publisher.put(bench.topology.dead, each) for each in (bad, message(1), message(2)))
    results = await asyncio.gather(*puts, return_exceptions=True)
    assert [type(result) for result in results] == [QueueUnavailable, type(None), type(None)]


async def test_a_refusal_of_the_brokers_reaches_whom_it_concerns(bench: Bench, link: Link) -> None:
    """The queue of the pause takes one message, or a few."""
    hasty = Publisher(link, patience_seconds=0.5)
    for number in range(3, 8):
        with suppress(QueueUnavailable):
            await hasty.put(bench.topology.paused, message(number))
    refused, kept = await asyncio.gather(
        hasty.put(bench.topology.paused, message(1)),
        hasty.put(bench.topology.dead, message(2)),
        return_exceptions=True,
    )
    assert isinstance(refused, QueueUnavailable)
    assert is_refused(refused)
    assert kept is None


async def test_who_is_cancelled_takes_no_other_with_it(bench: Bench, publisher: Publisher) -> None:
    queue = bench.topology.dead
    await publisher.put(queue, message(0))
    puts = [asyncio.create_task(publisher.put(queue, message(number))) for number in range(1, 101)]
    await asyncio.sleep(0)
    for put in puts[::2]:
        put.cancel()
    await asyncio.gather(*puts[1::2])
    there = {got.message_id for got in await found(bench, queue)}
    assert there >= {f"id-{number}" for number in range(2, 101, 2)}


async def test_all_that_were_under_way_when_the_connection_broke_are_there_in_the_end(
    bench: Bench, publisher: Publisher, proxy: Proxy
) -> None:
    queue = bench.topology.dead
    await publisher.put(queue, message(0))
    proxy.stall()
    puts = [asyncio.create_task(publisher.put(queue, message(number))) for number in range(1, 51)]
    await asyncio.sleep(0.1)
    proxy.cut()
    proxy.flow()
    await asyncio.gather(*puts)
    assert {got.message_id for got in await found(bench, queue)} == {f"id-{number}" for number in range(51)}


async def test_all_that_were_under_way_when_the_channel_was_closed_are_there_in_the_end(
    bench: Bench, publisher: Publisher, link: Link
) -> None:
    queue = bench.topology.dead
    await publisher.put(queue, message(0))
    puts = [asyncio.create_task(publisher.put(queue, message(number))) for number in range(1, 51)]
    await asyncio.sleep(0)
    await make_the_broker_close_the_channels(link)
    await asyncio.gather(*puts)
    assert {got.message_id for got in await found(bench, queue)} == {f"id-{number}" for number in range(51)}


async def make_the_broker_close_the_channels(link: Link) -> None:
    connection = await link.connection()
    assert connection.transport is not None
    for channel in tuple(connection.transport.connection.channels.values()):
        assert channel is not None
        with suppress(amqp.AMQPError):
            await channel.queue_declare("coding-agent.no-such-queue", passive=True)


async def test_what_a_broker_does_not_read_does_not_fill_the_memory(bench: Bench, proxy: Proxy) -> None:
    link = Link(Endpoint(Secret(through(proxy)), heartbeat_seconds=60), "publishing")
    publisher, body = Publisher(link, patience_seconds=0.2), bytes(5_000_000)
    await publisher.put(bench.topology.dead, message(0))
    proxy.stall()
    tracemalloc.start()
    for number in range(1, 11):
        with pytest.raises(QueueUnavailable, match="in time"):
            await publisher.put(bench.topology.dead, message(number, body))
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    proxy.flow()
    await link.close()
    assert held < 4 * len(body)
