"""Lengths of time, read and written the way people do."""

from durations.parsing import InvalidDuration, parse
from durations.spelling import spell

__all__ = ["InvalidDuration", "parse", "spell"]
