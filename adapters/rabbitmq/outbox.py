"""Where each message goes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.rabbitmq.headers import message_of, microseconds, moment, same_again
from domain.task import Attempt

if TYPE_CHECKING:
    from datetime import datetime

    from aio_pika.abc import AbstractIncomingMessage

    from adapters.rabbitmq.headers import Counts
    from adapters.rabbitmq.publisher import Publisher
    from adapters.rabbitmq.topology import Topology
    from application.ports.clock import Clock
    from application.ports.task_codec import TaskCodec
    from domain.task import Task

_LONGEST_REASON = 4_000
_MILLION = 1_000_000


class Outbox:
    """Puts tasks where they belong; every method returns once that is confirmed, or raises `QueueUnavailable`."""

    def __init__(self, publisher: Publisher, topology: Topology, codec: TaskCodec, clock: Clock) -> None:
        self._publisher = publisher
        self._topology = topology
        self._codec = codec
        self._clock = clock

    def now(self) -> datetime:
        """The time in UTC."""
        return self._clock.now()

    def is_due(self, counts: Counts) -> bool:
        """Whether the task may be taken now."""
        return counts.due <= microseconds(self.now())

    async def put(self, task: Task, counts: Counts) -> None:
        """Queue a task, to come when it is due."""
        await self._publisher.put(self._queue(counts), message_of(task, self._codec.encode(task), counts))

    async def postpone(self, message: AbstractIncomingMessage, counts: Counts) -> None:
        """Let a message wait until it is due."""
        await self._publisher.put(self._queue(counts), same_again(message, counts))

    async def put_back(self, message: AbstractIncomingMessage, counts: Counts) -> None:
        """Queue a message as if it had not been taken, to come at once."""
        await self._publisher.put(self._topology.tasks, same_again(message, counts))

    async def wait_for_issue(self, message: AbstractIncomingMessage, counts: Counts) -> None:
        """Let a message come back in a moment: somebody works on its issue."""
        await self._publisher.put(self._topology.busy, same_again(message, counts))

    async def bury(self, message: AbstractIncomingMessage, counts: Counts, reason: str) -> None:
        """Set a message aside."""
        died_at = microseconds(self.now())
        letter = same_again(message, counts, {"reason": reason[:_LONGEST_REASON], "died-at": died_at})
        await self._publisher.put(self._topology.dead, letter)

    async def revive(self, task: Task, died_at: int, reason: str, counts: Counts) -> None:
        """Queue a dead task anew; its death joins its history."""
        death = Attempt(moment(died_at), reason)
        await self.put(replace(task, history=(*task.history, death)), counts)

    def _queue(self, counts: Counts) -> str:
        if not counts.due:
            return self._topology.tasks
        left = (counts.due - microseconds(self.now())) / _MILLION
        return self._topology.delay_for(left) if left > 0 else self._topology.tasks
