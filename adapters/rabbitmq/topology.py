"""The queues that there are on the broker, and their arguments."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DELIVERY_LIMIT = 20
"""The broker's own bound on deliveries, a backstop above the agent's: it delivers once more, then sets aside."""

CONSUMER_TIMEOUT_SECONDS = 12 * 3600
"""How long a task may be held where the broker heeds a queue's own limit."""

_UNBOUNDED = 1_000_000_000
"""Deliveries from queues that are only looked through: without a limit, RabbitMQ 4 sets one of 20."""

_DELAYS = (1, 10, 60, 600)

Arguments = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Topology:
    """The names and arguments of all queues; `name` is the main one's and begins all others.

    A task waits for its time in the queue of the longest delay that is not beyond it, comes back to the main one, and
    waits again if need be. `second_ms` is how long a second of such a wait lasts, in milliseconds.
    """

    name: str = "agent-tasks"
    second_ms: int = 1000

    @property
    def tasks(self) -> str:
        """What is to be done now."""
        return self.name

    @property
    def busy(self) -> str:
        """Tasks about an issue that somebody works on; each comes back after a second."""
        return f"{self.name}.busy"

    @property
    def delays(self) -> dict[int, str]:
        """The queues in which tasks wait for their time, by seconds."""
        return {seconds: f"{self.name}.delay.{seconds}s" for seconds in _DELAYS}

    @property
    def expired(self) -> str:
        """What the broker has delivered too often."""
        return f"{self.name}.expired"

    @property
    def dead(self) -> str:
        """What was set aside."""
        return f"{self.name}.dead"

    @property
    def cancels(self) -> str:
        """The stream of people's wishes that the work on an issue stop."""
        return f"{self.name}.cancels"

    @property
    def paused(self) -> str:
        """Holds a message while nothing may be taken; it is only counted, never read."""
        return f"{self.name}.paused"

    @property
    def pause_note(self) -> str:
        """Holds the same pause, to be read: by whom, since when."""
        return f"{self.name}.pause-note"

    @property
    def holders(self) -> str:
        """Always empty: its consumers are the leases that there are."""
        return f"{self.name}.holders"

    def delay_for(self, seconds: float) -> str:
        """Where a task waits that is due in so many seconds."""
        fitting = [delay for delay in self.delays if delay <= seconds]
        return self.delays[max(fitting, default=min(self.delays))]

    def lock(self, issue: str) -> str:
        """The exclusive queue whose owner works on the issue."""
        return f"{self.name}.lock.{hashlib.sha256(issue.encode()).hexdigest()[:32]}"

    def queues(self) -> Iterator[tuple[str, Mapping[str, str | int]]]:
        """Every durable queue with its arguments."""
        yield (
            self.tasks,
            {
                **_quorum(DELIVERY_LIMIT),
                **_dead_letters_to(self.expired),
                "x-consumer-timeout": CONSUMER_TIMEOUT_SECONDS * 1000,
            },
        )
        yield self.busy, self._waiting(1)
        for seconds, queue in self.delays.items():
            yield queue, self._waiting(seconds)
        yield self.expired, {**_quorum(_UNBOUNDED), "x-consumer-timeout": CONSUMER_TIMEOUT_SECONDS * 1000}
        yield self.dead, _quorum(_UNBOUNDED)
        yield self.paused, {**_quorum(_UNBOUNDED), "x-max-length": 1, "x-overflow": "reject-publish"}
        yield self.pause_note, {**_quorum(_UNBOUNDED), "x-max-length": 1, "x-overflow": "reject-publish"}
        yield self.holders, {"x-queue-type": "classic"}
        yield (
            self.cancels,
            {
                "x-queue-type": "stream",
                "x-max-age": "7D",
                "x-stream-max-segment-size-bytes": 500_000,
            },
        )

    def _waiting(self, seconds: int) -> Arguments:
        return {
            **_quorum(_UNBOUNDED),
            **_dead_letters_to(self.tasks),
            "x-message-ttl": seconds * self.second_ms,
        }


def _quorum(delivery_limit: int) -> Arguments:
    return {"x-queue-type": "quorum", "x-delivery-limit": delivery_limit}


def _dead_letters_to(queue: str) -> Arguments:
    """At least once: a broker that dies in between loses nothing."""
    return {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": queue,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
