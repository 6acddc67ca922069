"""What the queue itself has given up is told on its issue, whatever the worker is doing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from domain.errors import QueueUnavailable

if TYPE_CHECKING:
    from application.ports.task_queue import TaskQueue
    from application.task_runner import TaskRunner

_PAUSE_SECONDS = 5.0


class Obituaries:
    """Reports given-up tasks beside the worker's own: that takes no model and no clone, and must not wait for them."""

    def __init__(self, queue: TaskQueue, run_task: TaskRunner) -> None:
        self._queue = queue
        self._run_task = run_task
        self._log = structlog.get_logger("worker")

    async def write(self) -> None:
        """Report until cancelled."""
        while True:
            try:
                lease = await self._queue.take_given_up()
            except QueueUnavailable:  # the worker's own loop says so
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            self._log.warning("given_up_by_the_queue", task=lease.task.id[:12], attempt=lease.attempt)
            await self._run_task.run(lease)
