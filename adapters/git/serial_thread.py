"""One thread for one workspace: libgit2's objects must not be used by two at once, and must not block the loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from adapters.git.stop import Stop
from domain.errors import RemoteUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

_PATIENCE_SECONDS = 2.0


class SerialThread:
    """Runs work one piece after the other. Whoever waits may be cancelled; the thread is then told to stop."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="git")

    async def run(self, work: Callable[[Stop], Result], seconds: float) -> Result:
        """What the work gives; raises `RemoteUnavailable` when it takes longer than `seconds`."""
        stop = Stop()
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.get_running_loop().run_in_executor(self._executor, work, stop)
        except TimeoutError as error:
            message = f"git did not finish within {seconds:g} s"
            raise RemoteUnavailable(message) from error
        finally:
            stop.set()

    async def close(self, last: Callable[[], None], *, meanwhile: Callable[[], None]) -> None:
        """Run `last` after all that was begun, then end the thread.

        Waits for it, but not for long: a thread that hangs on a silent server runs `last` when the server's time is
        up, at the latest while the process ends. Then `meanwhile` is run here and now.
        """
        ending = asyncio.get_running_loop().run_in_executor(self._executor, last)
        self._executor.shutdown(wait=False)
        _, hanging = await asyncio.wait({ending}, timeout=_PATIENCE_SECONDS)
        if hanging:
            meanwhile()
