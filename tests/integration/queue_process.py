"""A process of its own on a queue's file.

    python -m tests.integration.queue_process COMMAND PATH LEASE_SECONDS [ARGUMENT]

It prints a line for each thing that it did, flushed, so that a test may kill it knowing what it has been told.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.sqlite.queue import SqliteTaskQueue
from adapters.system_clock.clock import SystemClock
from adapters.task_json.codec import TaskJson
from domain.cancellation import Cancellation, CancelReason
from tests.fakes.queued_tasks import a_task

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def open_queue(path: Path, lease_seconds: float) -> SqliteTaskQueue:
    """The queue as a process of its own opens it; it waits long for others, because the machine may be busy."""
    return SqliteTaskQueue(
        path,
        TaskJson(),
        SystemClock(),
        owner=f"process {os.getpid()}",
        lease_seconds=lease_seconds,
        poll_seconds=0.02,
        busy_seconds=60,
    )


def say(line: str) -> None:
    """One write, so that the lines of several processes do not mix."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


async def publish(queue: SqliteTaskQueue, count: str) -> None:
    """Publish tasks about issues 0 to `count` - 1, saying each number once its task is safe."""
    for number in range(int(count)):
        await queue.publish(a_task(number))
        say(str(number))


async def hold(queue: SqliteTaskQueue) -> None:
    """Take a task, say so, and keep it until killed or cancelled."""
    lease = await queue.take()
    say("held")
    say(f"cancelled by {(await lease.wait_cancelled())[0].by}")


async def cancel(queue: SqliteTaskQueue) -> None:
    """Cancel issue 1."""
    await queue.cancel(a_task(1).issue, Cancellation("rosa", SystemClock().now(), CancelReason.CLOSED))
    say("asked")


async def work(queue: SqliteTaskQueue) -> None:
    """Do all there is, saying which task of which issue begins and ends; some come back once."""
    while (await queue.status()).due:
        try:
            lease = await asyncio.wait_for(queue.take(), 0.2)
        except TimeoutError:
            continue
        say(f"begin {lease.task.issue_number} {lease.task.id} {lease.attempt}")
        await asyncio.sleep(0.001)
        say(f"end {lease.task.issue_number} {lease.task.id} {lease.attempt}")
        if lease.attempt == 1 and lease.task.issue_number == 0:
            await lease.retry(SystemClock().now(), "once more")
        else:
            await lease.done()


COMMANDS: dict[str, Callable[..., Awaitable[None]]] = {
    "publish": publish,
    "hold": hold,
    "cancel": cancel,
    "work": work,
}


async def main() -> None:
    """Run one command."""
    command, path, lease_seconds, *arguments = sys.argv[1:]
    queue = open_queue(Path(path), float(lease_seconds))
    try:
        await COMMANDS[command](queue, *arguments)
    finally:
        await queue.close()


if __name__ == "__main__":
    asyncio.run(main())
