"""Running a coroutine that a signal ends in good order."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Result = TypeVar("Result")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(
    work: Coroutine[object, object, Result],
    loop_factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop,
) -> Result:
    """Run `work` to its end; SIGINT and SIGTERM cancel it, and once it has cleaned up `KeyboardInterrupt` is raised.

    Only the first signal counts: from then on the process is ending, and a second one must not break off the clean-up.
    """

    async def with_signals() -> Result:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()

        def stop(*_: object) -> None:
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            loop.call_soon_threadsafe(task.cancel)

        before = {number: signal.signal(number, stop) for number in _SIGNALS}
        try:
            return await task
        finally:
            for number, handler in before.items():
                if signal.getsignal(number) is stop:
                    signal.signal(number, handler)

    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(with_signals())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
