"""How long another side asks us to wait."""

from __future__ import annotations

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"\d{1,6}")


def waiting_time(retry_after: str, date: str = "") -> timedelta | None:
    """The header `Retry-After`, in whole seconds or as a date; None for anything else.

    A date is read against the header `Date` of the same answer, so that no two clocks need agree.
    """
    if _SECONDS.fullmatch(retry_after):
        return timedelta(seconds=int(retry_after))
    try:
        return max(timedelta(), parsedate_to_datetime(retry_after) - parsedate_to_datetime(date))
    except (ValueError, TypeError, OverflowError):
        return None
