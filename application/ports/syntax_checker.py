"""Checking that a file still parses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """A place that does not parse: its line (from 1), that line's text, and what is wrong in a few words."""

    line: int
    text: str
    what: str


class SyntaxChecker(Protocol):
    """Knows the syntax of some languages, by file name."""

    async def problems(self, path: str, content: bytes) -> Sequence[SyntaxProblem]:
        """What does not parse; empty when all does, or it cannot be judged (another language, too large).

        Raises `ParserUnavailable` when nothing can be parsed now.
        """
