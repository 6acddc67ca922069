"""How long to wait before something that failed for now is tried again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_GROWTH = 3


@dataclass(frozen=True, slots=True)
class Patience:
    """At most `attempts` tries; the pauses between them grow threefold from `first_seconds` up to `longest_seconds`.

    Each is cut to a random share (`chance` gives 0 to 1), so that workers whose server was away do not all come back in
    the same moment. What the other side asks for is kept to in full, and the random share is added.
    """

    attempts: int = 3
    first_seconds: float = 2.0
    longest_seconds: float = 60.0
    chance: Callable[[], float] = random.random

    def pause(self, tried: int, retry_after: timedelta | None, *, seconds_left: float) -> float | None:
        """Seconds until the next try after `tried` of them, or None: there is to be none.

        A pause is worth its while only where as much time is left after it as it takes.
        """
        if tried >= self.attempts:
            return None
        share = self.chance() * min(self.longest_seconds, self.first_seconds * _GROWTH ** (tried - 1))
        pause = share + (retry_after or timedelta()).total_seconds()
        return pause if pause <= seconds_left / 2 and seconds_left > 0 else None


ONE_TRY = Patience(attempts=1)
