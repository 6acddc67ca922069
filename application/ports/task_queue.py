"""Where tasks wait, and the hold on one that is being worked on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from domain.cancellation import Cancellation
    from domain.conversation import Spend
    from domain.issue import IssueKey
    from domain.task import Task


class Lease(Protocol):
    """The hold on one delivered task. It ends with exactly one of `done`, `retry`, `dead`, `hand_back`.

    A lease whose holder dies, or cannot prove for a while that it lives, is lost: the task is delivered again.
    To end a lease that is lost or has ended raises `LeaseLost` and changes nothing. To end one when the queue cannot
    be reached raises `QueueUnavailable`: it is still held, and may be ended again.
    """

    @property
    def task(self) -> Task:
        """The task, its history complete."""

    @property
    def attempt(self) -> int:
        """Which attempt this is, from 1: one more than `retries + redeliveries`."""

    @property
    def retries(self) -> int:
        """How often an attempt asked to be tried again."""

    @property
    def redeliveries(self) -> int:
        """How often an attempt ended without a word: its worker died or lost the lease."""

    @property
    def spent(self) -> Spend:
        """What the task has cost, as the attempt told that last ended with a word; nothing where none did."""

    @property
    def cancelled(self) -> tuple[Cancellation, ...]:
        """The wishes that the work stop, oldest first, as far as is known now: one for each person and reason."""

    async def wait_cancelled(self) -> tuple[Cancellation, ...]:
        """Return all wishes once there is one that the work stop; at once if it was asked before."""

    async def ensure_held(self) -> None:
        """Raise `LeaseLost` if another worker may hold the task now, or this lease has ended.

        The queue itself is asked; `QueueUnavailable` where it does not answer: then nothing is proved either.
        """

    async def wait_lost(self) -> None:
        """Return once the lease is known to be lost."""

    async def done(self) -> None:
        """The task is finished, and is forgotten."""

    async def retry(self, at: datetime, reason: str, *, spent: Spend | None = None) -> None:
        """Deliver the task again, not before `at` (UTC); `reason` joins its history.

        `spent` is what the task has cost in all by now; None where that is what it was.
        """

    async def dead(self, reason: str, *, spent: Spend | None = None) -> None:
        """Set the task aside with its history, and with what it has cost; only a person brings it back."""

    async def hand_back(self) -> None:
        """Give the task to the next taker as if it had not been taken: no attempt is counted."""


class TaskQueue(Protocol):
    """Tasks in the order of their publication, one at a time for an issue.

    A task that waits for its time (`not_before`, or a retry) holds up no other, not even a later one about the same
    issue: what the work on an issue has come to is kept on the forge, and whoever takes a task looks there first.
    Once due, it comes in its turn: before all that were published after it, or where a broker keeps the order, behind
    those that were due before it was.

    Every method raises `QueueUnavailable` when the queue cannot be reached.
    """

    async def publish(self, task: Task, not_before: datetime | None = None) -> None:
        """Return once the task is safely kept; before `not_before` (UTC) it is not delivered.

        A task whose id the queue still remembers may be dropped; one that it does not may be delivered again: who
        takes it must bear both.
        """

    async def take(self) -> Lease:
        """Wait for a task that is due and about an issue that nobody works on, and hold it.

        Cancelling the wait loses no task.
        """

    async def take_given_up(self) -> Lease:
        """Wait for a task that the queue itself has given up, because it was delivered too often, and hold it.

        Its `attempt` is beyond every limit, so it is to be reported and not to be worked on; it waits for no issue and
        for no worker that is at work. A queue that gives up no task lets this wait until it is closed.
        """

    async def cancel(self, issue: IssueKey, cancellation: Cancellation) -> None:
        """Ask that all tasks about an issue stop that are published now; durable, and told to their holders.

        Every wish is kept beside the earlier ones: whoever holds the task finds out which of them counts.
        A task still waiting is delivered all the same, its lease saying `cancelled`: the holder reports it. One that
        waits for its time is due at once, so that nobody reads for an hour that it will be tried again.
        """

    async def close(self) -> None:
        """Let go of connections and files."""
