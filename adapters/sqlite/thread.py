"""The thread that talks to SQLite, so that the event loop never waits for a disk or a lock."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from adapters.sqlite.errors import translated
from adapters.sqlite.store import Store
from domain.errors import QueueUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Result = TypeVar("Result")


class StoreThread:
    """Runs work on the store one piece after another, in the order in which it was handed in."""

    def __init__(self, path: Path, *, busy_seconds: float) -> None:
        self._path = path
        self._store = Store(path, busy_seconds=busy_seconds)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="queue")
        self._closed = False

    async def run(self, work: Callable[[Store], Result]) -> Result:
        """What `work` returns. Cancelling the wait does not stop the work.

        Raises `QueueUnavailable` and `InvalidInput` for SQLite's errors, the former also once this is closed.
        """
        if self._closed:
            message = f"the queue in {self._path} is closed"
            raise QueueUnavailable(message)
        with translated(self._path):
            return await asyncio.shield(asyncio.wrap_future(self._executor.submit(work, self._store)))

    def run_later(self, work: Callable[[Store], object]) -> None:
        """Do `work` after all that was handed in before; nobody waits for it, nor hears whether it failed."""
        if not self._closed:
            self._executor.submit(work, self._store)

    async def close(self) -> None:
        """Finish what was handed in, then close the file and end the thread."""
        if self._closed:
            return
        self._closed = True
        closing = asyncio.get_running_loop().run_in_executor(self._executor, self._store.close)
        self._executor.shutdown(wait=False)
        await closing
