"""Work that must come to its end though nobody waits for it any more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

Result = TypeVar("Result")


class Background:
    """Keeps what was started until it has ended."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    def start(self, work: Coroutine[object, object, Result]) -> asyncio.Task[Result]:
        """Start it; whatever becomes of it, nobody is told who does not await it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    async def to_its_end(self, work: Coroutine[object, object, Result]) -> Result:
        """Do it, and go on with it even if whoever waits is cancelled."""
        return await asyncio.shield(self.start(work))

    async def over(self) -> None:
        """Wait until all of it has ended."""
        await asyncio.sleep(0)  # what has just been found out may start more
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _forget(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()
