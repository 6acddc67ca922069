"""Reading a length of time."""

import re

from durations.units import SECONDS

_PART = re.compile(r"\s*(?P<amount>\d+)\s*(?P<unit>[dhms])")


class InvalidDuration(ValueError):
    """The text is no length of time."""


def parse(text):
    """Return the number of seconds that `text` stands for, such as "45s" or "2h".

    Raises InvalidDuration for anything else.
    """
    part = _PART.match(text)
    if part is None:
        raise InvalidDuration(f"not a duration: {text!r}")
    return int(part["amount"]) * SECONDS[part["unit"]]
