"""How long another side asks us to wait."""

from __future__ import annotations

import re
from datetime import timedelta

_SECONDS = re.compile(r"\d{1,6}")


def waiting_time(retry_after: str) -> timedelta | None:
    """The header `Retry-After` in whole seconds; None for anything else, a date included."""
    return timedelta(seconds=int(retry_after)) if _SECONDS.fullmatch(retry_after) else None
