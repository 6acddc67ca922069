"""Trying again what failed for now, where no queue brings the work back."""

from __future__ import annotations

import math
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


async def retrying(
    clock: Clock, attempts: int, step: Callable[[], Awaitable[Result]], *, seconds: float = math.inf
) -> Result:
    """The step's result, tried at most `attempts` times with growing pauses; only transient errors are tried again.

    A pause that the other side asks for is kept up to 30 s. None begins that would not end within `seconds` of the
    start. Raises the last `TransientError`.
    """
    ends = clock.monotonic() + seconds
    for tried in range(1, attempts):
        try:
            return await step()
        except TransientError as error:
            wanted = max(_FIRST_PAUSE * _GROWTH ** (tried - 1), error.retry_after or timedelta())
            pause = min(wanted, _LONGEST_PAUSE).total_seconds()
            if clock.monotonic() + pause >= ends:
                raise
            await clock.sleep(pause)
    return await step()
