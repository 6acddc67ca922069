"""Making the queues, and finding out whether those that there are will do."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiormq.exceptions as amqp

from adapters.rabbitmq.errors import APPLY, translated
from adapters.rabbitmq.link import closed_within
from adapters.rabbitmq.topology import CONSUMER_TIMEOUT_SECONDS, DELIVERY_LIMIT
from domain.errors import AgentError, CredentialsRefused, InvalidInput, QueueUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from aio_pika.abc import AbstractChannel

    from adapters.rabbitmq.link import Link
    from adapters.rabbitmq.topology import Topology

_SECONDS = 20.0
_DEFAULT_CONSUMER_TIMEOUT_SECONDS = 30 * 60
_MARGIN_SECONDS = 60
"""What an attempt may take beyond its deadline, to tell how it ended."""
_MOST_ATTEMPTS = DELIVERY_LIMIT // 2
_HEEDS_A_QUEUES_TIMEOUT = (3, 11, 15)
_OTHER_ARGUMENT = re.compile(
    r"inequivalent arg '(?P<name>[^']+)' for .*: received (?P<ours>.+?) but current is (?P<theirs>.+)$"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the agent means to do with a task: how long an attempt may take, and how many there may be."""

    deadline_seconds: float
    max_attempts: int


class Setup:
    """The topology on the broker."""

    def __init__(self, link: Link, topology: Topology, limits: Limits | None) -> None:
        self._link = link
        self._topology = topology
        self._limits = limits

    async def apply(self) -> None:
        """Make the queues that are missing; raises `InvalidInput` where one exists with other arguments."""
        async with self._channel() as channel:
            for queue, arguments in self._topology.queues():
                await _declare(channel, queue, arguments)

    async def check(self) -> None:
        """Raise `InvalidInput` naming what is amiss.

        It may be a queue that is missing or has other arguments than ours, or that the broker would end an attempt, or
        a task, before the agent itself does. Raises `CredentialsRefused` where the broker will not have us.

        Only who may make queues can compare their arguments; for a user who may not, as a gateway's, it is enough that
        they are there.
        """
        async with self._channel() as channel:
            for queue, _ in self._topology.queues():
                await _require(channel, queue)
            with _where_allowed():
                for queue, arguments in self._topology.queues():
                    await _declare(channel, queue, arguments)
        if self._limits is not None:
            await self._check_limits(self._limits)

    async def _check_limits(self, limits: Limits) -> None:
        longest = await self._consumer_timeout_seconds() - _MARGIN_SECONDS
        if limits.deadline_seconds > longest:
            message = (
                f"TASK_DEADLINE_SECONDS: {limits.deadline_seconds:g} s is too long for this broker, which takes a task "
                f"away from its worker before: set at most {longest}, or use RabbitMQ 3.12 or newer."
            )
            raise InvalidInput(message)
        if limits.max_attempts > _MOST_ATTEMPTS:
            message = f"MAX_ATTEMPTS: with this queue {_MOST_ATTEMPTS} is the most, for the broker itself has a limit."
            raise InvalidInput(message)

    async def _consumer_timeout_seconds(self) -> int:
        """How long a delivery may be held: on an older broker, what it does by default."""
        connection = await self._link.connection()
        properties = connection.transport.connection.server_properties if connection.transport else {}
        heeds = _version(str(properties.get("version", ""))) >= _HEEDS_A_QUEUES_TIMEOUT
        return CONSUMER_TIMEOUT_SECONDS if heeds else _DEFAULT_CONSUMER_TIMEOUT_SECONDS

    @asynccontextmanager
    async def _channel(self) -> AsyncIterator[AbstractChannel]:
        try:
            channel = await self._link.channel()
        except QueueUnavailable as error:
            raise self._link.refusal or error from None
        try:
            yield channel
        finally:
            await closed_within(channel, _SECONDS)


async def _require(channel: AbstractChannel, queue: str) -> None:
    try:
        with translated(f"the queue `{queue}` cannot be looked at"):
            await channel.declare_queue(queue, passive=True, timeout=_SECONDS)
    except AgentError as error:
        if isinstance(error.__cause__, amqp.ChannelNotFoundEntity):
            message = f"the queue `{queue}` does not exist on the broker; {APPLY}"
            raise InvalidInput(message) from error
        raise


async def _declare(channel: AbstractChannel, queue: str, arguments: Mapping[str, str | int]) -> None:
    try:
        with translated(f"the queue `{queue}` cannot be made"):
            await channel.declare_queue(queue, durable=True, arguments=dict(arguments), timeout=_SECONDS)
    except InvalidInput as error:
        raise InvalidInput(_difference(queue, str(error))) from error


@contextmanager
def _where_allowed() -> Iterator[None]:
    """End the block early, and quietly, where the broker does not allow what it does."""
    try:
        yield
    except CredentialsRefused as error:
        if not isinstance(error.__cause__, amqp.ChannelAccessRefused):
            raise


def _difference(queue: str, words: str) -> str:
    """What differs, in words; the broker's own where they cannot be read."""
    cure = "Empty and delete that queue, or choose another QUEUE_NAME, then run `coding-agent topology apply`."
    found = _OTHER_ARGUMENT.search(words)
    if found is None:
        return f"{words}. {cure}"
    theirs, ours = _value(found["theirs"]), _value(found["ours"])
    return f"the queue `{queue}` is set up otherwise on the broker: {found['name']} is {theirs}, not {ours}. {cure}"


def _value(words: str) -> str:
    """The value in the broker's words for it: "the value '20' of type 'signedint'", "none"."""
    found = re.search(r"'([^']*)'", words)
    return (found[1] or "empty") if found else words


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])
