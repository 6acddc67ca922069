"""The loop that takes tasks and works on them, one at a time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog

from domain.errors import LeaseLost, QueueUnavailable
from entrypoints.worker.obituaries import Obituaries

if TYPE_CHECKING:
    from application.ports.task_queue import Lease, TaskQueue
    from application.task_runner import TaskRunner

_LONGEST_PAUSE_SECONDS = 5.0


class Doing(StrEnum):
    """What a worker is at."""

    STARTING = "starting"
    WAITING = "waiting for a task"
    WORKING = "working on a task"
    QUEUE_AWAY = "the queue cannot be reached"
    STOPPING = "stopping"


class Worker:
    """Works until it is told to stop.

    Told so, it takes no further task and gives the one in hand `grace_seconds` to finish; what is not finished then is
    stopped and handed back to the queue.
    """

    def __init__(self, queue: TaskQueue, run_task: TaskRunner, *, grace_seconds: float) -> None:
        self._queue = queue
        self._run_task = run_task
        self._grace_seconds = grace_seconds
        self._stop = asyncio.Event()
        self._log = structlog.get_logger("worker")
        self._doing = Doing.STARTING

    @property
    def doing(self) -> Doing:
        """What it is at now; told to stop, it is stopping whatever it still does."""
        return Doing.STOPPING if self._stop.is_set() else self._doing

    @property
    def attached(self) -> bool:
        """Whether a task that is due now would be taken by it, be it after the one in hand."""
        return self.doing in {Doing.WAITING, Doing.WORKING}

    def stop(self) -> None:
        """Ask it to stop; safe to call again."""
        self._stop.set()

    async def work(self, *, once: bool = False, patience_seconds: float | None = None) -> int:
        """Take and run tasks until told to stop; return how many were taken.

        `once`: stop after one. `patience_seconds`: stop when no task has come for so long.
        """
        obituaries = asyncio.create_task(Obituaries(self._queue, self._run_task).write())
        try:
            return await self._work(once=once, patience_seconds=patience_seconds)
        finally:
            await _end(obituaries)

    async def _work(self, *, once: bool, patience_seconds: float | None) -> int:
        taken = 0
        while not self._stop.is_set() and not (once and taken):
            lease = await self._next(patience_seconds)
            if lease is None:
                break
            taken += 1
            await self._run(lease)
        return taken

    async def _next(self, patience_seconds: float | None) -> Lease | None:
        """The next task, or None once told to stop or out of patience; a queue that is away is tried again."""
        pause = 1.0
        while not self._stop.is_set():
            try:
                return await self._taken(patience_seconds)
            except QueueUnavailable as error:
                self._doing = Doing.QUEUE_AWAY
                self._log.warning("queue_unavailable", reason=str(error), next_try_seconds=pause)
                await self._stopped_within(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        return None

    async def _taken(self, patience_seconds: float | None) -> Lease | None:
        self._doing = Doing.WAITING
        take = asyncio.create_task(self._queue.take())
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({take, stop}, timeout=patience_seconds, return_when=asyncio.FIRST_COMPLETED)
            return take.result() if take.done() else None
        except asyncio.CancelledError:
            await _end(take)
            await _handed_back(take)
            raise
        finally:
            await _end(take, stop)

    async def _run(self, lease: Lease) -> None:
        """Run the task; told to stop, wait for it no longer than the grace period."""
        self._doing = Doing.WORKING
        work = asyncio.create_task(self._run_task.run(lease))
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                self._log.info("stopping", grace_seconds=self._grace_seconds)
                await asyncio.wait({work}, timeout=self._grace_seconds)
            if work.done():
                work.result()
        finally:
            if not work.done():
                self._log.info("handing_back", task=lease.task.id[:12])
            await _end(work, stop)

    async def _stopped_within(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            return


async def _end(*tasks: asyncio.Task[object]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _handed_back(take: asyncio.Task[Lease]) -> None:
    """Give back what was taken in the very moment in which the taking was cancelled."""
    if not take.cancelled() and not take.exception():
        with suppress(LeaseLost, QueueUnavailable):
            await take.result().hand_back()
