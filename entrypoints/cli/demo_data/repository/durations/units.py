"""The units, longest first, and how many seconds each has."""

SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
