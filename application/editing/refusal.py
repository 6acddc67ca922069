"""Why an edit is not used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong with the edit of one file, in words that let whoever wrote it mend it.

    `nearest` are the lines of the file that come closest to what was searched for, each with its number, or "".
    """

    path: str
    reason: str
    nearest: str = ""

    def __str__(self) -> str:
        """One line, the path in front where there is one."""
        return f"`{self.path}`: {self.reason}" if self.path else self.reason
