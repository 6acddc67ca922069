"""Connections to a real broker that break, and those that do not come about."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapters.rabbitmq.endpoint import Endpoint, Tls
from adapters.rabbitmq.queue import RabbitTaskQueue
from adapters.rabbitmq.setup import Limits
from adapters.rabbitmq.topology import Topology
from adapters.task_json.codec import TaskJson
from domain.errors import AgentError, CredentialsRefused, InvalidInput, LeaseLost, QueueUnavailable
from domain.secret import Secret
from tests.contract.queue_harness import nothing_to_take, soon, take_and_end, until
from tests.fakes.clock import FakeClock
from tests.fakes.queued_tasks import a_task
from tests.support.broker import broker_group
from tests.support.proxy import proxy_to
from tests.support.rabbit import alarm

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.broker import Broker
    from tests.support.proxy import Proxy
    from tests.support.rabbit import Bench

pytestmark = broker_group


@pytest.fixture
async def proxy(broker: Broker) -> AsyncIterator[Proxy]:
    async with proxy_to(broker.host, broker.amqp) as proxy:
        yield proxy


def through(proxy: Proxy) -> str:
    return f"amqp://guest:guest@127.0.0.1:{proxy.port}/"


# -- What breaks -----------------------------------------------------------------------------------


async def test_publishes_again_by_itself_after_the_connection_broke(bench: Bench, proxy: Proxy) -> None:
    queue = bench.open(through(proxy))
    await queue.publish(a_task(1))
    proxy.cut()
    await queue.publish(a_task(2))
    assert (await queue.status()).due == 2


async def test_says_within_two_seconds_that_it_cannot_confirm_and_recovers(bench: Bench, proxy: Proxy) -> None:
    queue = bench.open(through(proxy))
    await queue.publish(a_task(1))
    proxy.refuse()
    began = time.monotonic()
    with pytest.raises(QueueUnavailable, match=f"the broker at 127.0.0.1:{proxy.port} cannot be used"):
        await queue.publish(a_task(2))
    assert time.monotonic() - began < 2
    proxy.accept()
    await until(lambda: published(queue, 3))


async def test_says_so_too_when_the_network_swallows_everything(bench: Bench, proxy: Proxy) -> None:
    queue = bench.open(through(proxy))
    await queue.publish(a_task(1))
    proxy.stall()
    began = time.monotonic()
    with pytest.raises(QueueUnavailable, match="in time"):
        await queue.publish(a_task(2))
    assert time.monotonic() - began < 2
    proxy.flow()


async def published(queue: RabbitTaskQueue, number: int) -> bool:
    try:
        await queue.publish(a_task(number))
    except QueueUnavailable:
        return False
    return True


async def test_a_lease_is_lost_with_its_connection_and_the_task_comes_again(bench: Bench, proxy: Proxy) -> None:
    queue, other = bench.open(through(proxy)), bench.open()
    await queue.publish(a_task())
    lease = await soon(queue.take())
    proxy.cut()
    await soon(lease.wait_lost())
    for end in (lease.ensure_held(), lease.done(), lease.hand_back()):
        with pytest.raises(LeaseLost, match="lost"):
            await end
    assert (await soon(other.take())).redeliveries == 1


async def test_a_queue_takes_the_task_again_that_it_lost(bench: Bench, proxy: Proxy) -> None:
    queue = bench.open(through(proxy))
    await queue.publish(a_task())
    await soon(queue.take())
    proxy.cut()
    await until(lambda: ready(queue))
    assert (await soon(queue.take())).attempt == 2


async def ready(queue: RabbitTaskQueue) -> bool:
    try:
        return (await queue.status()).held == 0
    except QueueUnavailable:
        return False


async def test_a_wait_ends_with_its_connection(bench: Bench, proxy: Proxy) -> None:
    queue = bench.open(through(proxy))
    waiting = asyncio.create_task(queue.take())
    await until(lambda: waits(queue))
    proxy.cut()
    with pytest.raises(QueueUnavailable):
        await soon(waiting)


async def waits(queue: RabbitTaskQueue) -> bool:
    return (await queue.status()).consumers == 1


async def test_a_holder_cannot_prove_its_hold_while_the_network_swallows_everything(bench: Bench, proxy: Proxy) -> None:
    queue, other = bench.open(through(proxy)), bench.open()
    await queue.publish(a_task())
    lease = await soon(queue.take())
    proxy.stall()
    with pytest.raises((QueueUnavailable, LeaseLost)):
        await lease.ensure_held()
    assert (await soon(other.take())).redeliveries == 1  # the broker misses the heartbeat
    await soon(lease.wait_lost())


async def test_closing_does_not_wait_for_a_broker_that_is_gone(bench: Bench, proxy: Proxy) -> None:
    queue = bench.open(through(proxy))
    await queue.publish(a_task())
    await soon(queue.take())
    proxy.stall()
    await asyncio.wait_for(queue.close(), 25)


async def test_a_task_that_cannot_be_moved_is_kept_uncounted(bench: Bench, proxy: Proxy) -> None:
    """Who takes has two connections: here the one that publishes is gone, and a task has come that is not due."""
    queue = bench.open(through(proxy))
    await bench.open().publish(a_task(), not_before=bench.clock.now().replace(hour=13))
    waiting = asyncio.create_task(queue.take())
    await asyncio.sleep(0.3)
    await queue._publishing.close()
    assert await nothing_to_take(bench.open())
    await queue.close()
    with pytest.raises(QueueUnavailable):
        await waiting
    await bench.clock.advance(3600)
    assert (await take_and_end(bench.open())).redeliveries <= 1


# -- How it is set up ------------------------------------------------------------------------------


async def test_shows_what_each_connection_is_for(bench: Bench) -> None:
    queue = bench.open()
    await queue.publish(a_task())
    await soon(queue.take())
    await until(lambda: named(bench))


async def named(bench: Bench) -> bool:
    names = await bench.connection_names()
    return all(any(name.startswith(f"coding-agent test {what} ") for name in names) for what in ("publishes", "takes"))


def over_tls(broker: Broker, topology: Topology, tls: Tls) -> RabbitTaskQueue:
    endpoint = Endpoint(Secret(broker.tls_url), tls=tls)
    return RabbitTaskQueue(endpoint, TaskJson(), FakeClock(), topology=topology)


async def test_speaks_tls_with_a_certificate_of_its_own(bench: Bench) -> None:
    folder = bench.broker.certificates
    queue = over_tls(bench.broker, bench.topology, Tls(folder / "ca.pem", folder / "client.pem", folder / "client.key"))
    await queue.publish(a_task())
    assert (await queue.status()).due == 1
    await queue.close()


@pytest.mark.parametrize("known", [True, False], ids=["no certificate to show", "a broker of another authority"])
async def test_refuses_what_tls_does_not_prove(bench: Bench, *, known: bool) -> None:
    queue = over_tls(bench.broker, bench.topology, Tls(bench.broker.certificates / "ca.pem") if known else Tls())
    with pytest.raises(QueueUnavailable if known else InvalidInput):
        await queue.check()
    await queue.close()


async def test_a_wrong_password_is_said_and_not_shown(broker: Broker) -> None:
    url = broker.url.replace("guest:guest", "guest:planted")
    endpoint = Endpoint(Secret(url))
    with pytest.raises(CredentialsRefused, match="broker at") as refused:
        await endpoint.connect("test", 10)
    assert "planted" not in str(refused.value)


async def test_a_wrong_password_stops_the_start_and_later_is_no_more_than_unavailable(bench: Bench) -> None:
    queue = bench.open(bench.broker.url.replace("guest:guest", "guest:planted"))
    with pytest.raises(CredentialsRefused, match="broker at"):
        await queue.check()
    with pytest.raises(QueueUnavailable) as refused:
        await queue.publish(a_task())
    assert "planted" not in str(refused.value)


async def test_who_waits_for_a_task_while_the_broker_is_away_is_told_why(bench: Bench) -> None:
    with pytest.raises(QueueUnavailable, match=r"127\.0\.0\.1:1 cannot be used"):
        await bench.open("amqp://guest:guest@127.0.0.1:1/").take()


async def test_a_missing_queue_is_named_with_the_cure(bench: Bench) -> None:
    queue = bench.open(topology=Topology("nowhere"))
    for attempt in (queue.check(), queue.publish(a_task())):
        with pytest.raises(AgentError, match=r"`nowhere`.*coding-agent topology apply"):
            await attempt


async def test_a_queue_that_differs_is_named_with_what_differs(bench: Bench) -> None:
    other = Topology(bench.topology.name, second_ms=11)
    queue = bench.open(topology=other)
    for attempt in (queue.check(), queue.set_up(), queue.take()):
        with pytest.raises(InvalidInput, match=r"busy` is set up otherwise on the broker: x-message-ttl is 10, not 11"):
            await attempt


async def test_what_is_set_up_passes_and_stays_as_it_is_when_set_up_again(bench: Bench) -> None:
    queue = bench.open(limits=Limits(deadline_seconds=1_500, max_attempts=5))
    await queue.publish(a_task())
    await queue.set_up()
    await queue.check()
    assert (await queue.status()).due == 1


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(deadline_seconds=13 * 3600, max_attempts=5), "TASK_DEADLINE_SECONDS"),
        (Limits(deadline_seconds=1_500, max_attempts=11), "MAX_ATTEMPTS"),
    ],
)
async def test_refuses_limits_beyond_the_brokers_own(bench: Bench, limits: Limits, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        await bench.open(limits=limits).check()


@pytest.mark.parametrize(
    ("url", "tls", "words"),
    [
        ("http://broker/", Tls(), "RABBITMQ_URL"),
        ("amqp://", Tls(), "RABBITMQ_URL"),
        ("amqp://broker/", Tls(Path("ca.pem")), "amqps"),
        ("amqps://broker/", Tls(Path("missing.pem")), "RABBITMQ_CA_FILE"),
        ("amqps://broker/", Tls(None, Path("missing.pem")), "RABBITMQ_CERT_FILE"),
        ("amqps://broker/", Tls(None, None, Path("missing.key")), "RABBITMQ_CERT_FILE"),
    ],
)
def test_names_the_setting_that_is_wrong(tmp_path: Path, url: str, tls: Tls, words: str) -> None:
    files = (tmp_path / name if name else None for name in (tls.ca, tls.certificate, tls.key))
    with pytest.raises(InvalidInput, match=words):
        Endpoint(Secret(url), tls=Tls(*files))


async def test_under_an_alarm_of_the_brokers_nothing_is_published_the_reason_is_told_and_it_ends_by_itself(
    bench: Bench,
) -> None:
    queue = bench.open()
    await queue.publish(a_task(1))
    async with alarm(bench.broker):
        for attempt in (queue.try_publishing, lambda: queue.publish(a_task(2)), queue.status):
            began = time.monotonic()
            with pytest.raises(QueueUnavailable, match="alarm"):
                await attempt()
            assert time.monotonic() - began < 2
    await until(lambda: confirms(queue))
    assert (await queue.status()).due >= 1


async def confirms(queue: RabbitTaskQueue) -> bool:
    try:
        await queue.try_publishing()
    except QueueUnavailable:
        return False
    return True
