"""Writing a length of time."""

from durations.units import SECONDS


def spell(seconds):
    """Write a number of seconds with the fewest units: 5400 is "1h 30m", 0 is "0s"."""
    if seconds < 0:
        raise ValueError("a length of time cannot be negative")
    parts = []
    for unit, size in SECONDS.items():
        amount, seconds = divmod(seconds, size)
        if amount:
            parts.append(f"{amount}{unit}")
    return " ".join(parts) or "0s"
