"""Publications on their way to the disk."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.sqlite.rows import NewRow
    from adapters.sqlite.thread import StoreThread


class Outbox:
    """Writes publications, in order; those that arrive during a commit share the next one.

    A commit waits for the disk. In a burst of webhooks one commit each would make the last one wait for all.
    """

    def __init__(self, thread: StoreThread) -> None:
        self._thread = thread
        self._rows: list[NewRow] = []
        self._next: asyncio.Task[None] | None = None
        self._committing = asyncio.Lock()

    async def put(self, row: NewRow) -> None:
        """Return once the row is on the disk; whoever shares a commit shares its failure."""
        self._rows.append(row)
        if self._next is None:
            self._next = asyncio.create_task(self._commit())
        await asyncio.shield(self._next)

    async def _commit(self) -> None:
        async with self._committing:
            rows, self._rows, self._next = self._rows, [], None
            await self._thread.run(lambda store: store.publish(rows))
