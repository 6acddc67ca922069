"""What a look at one part of the agent, or at one thing outside that it needs, has shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """`REMARK`: it works, but may surprise; `BAD`: work that needs this part will fail."""

    GOOD = "good"
    REMARK = "remark"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """A part's name, how it is, in words on one line, and where it is not good the command or setting that mends it.

    `mend` is "" where the words say it already.
    """

    part: str
    grade: Grade
    words: str
    mend: str = ""
