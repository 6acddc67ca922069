"""Trying again what failed for now, where no queue brings the work back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from domain.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from application.ports.clock import Clock

Result = TypeVar("Result")

_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(seconds=30)
_GROWTH = 3


async def retrying(clock: Clock, attempts: int, step: Callable[[], Awaitable[Result]]) -> Result:
    """The step's result, tried at most `attempts` times with growing pauses; only transient errors are tried again.

    A pause that the other side asks for is kept up to 30 s. Raises the last `TransientError`.
    """
    for tried in range(1, attempts):
        try:
            return await step()
        except TransientError as error:
            pause = max(_FIRST_PAUSE * _GROWTH ** (tried - 1), error.retry_after or timedelta())
            await clock.sleep(min(pause, _LONGEST_PAUSE).total_seconds())
    return await step()
