"""Paths compared as file systems may see them, and patterns of paths."""

from __future__ import annotations

import fnmatch
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def folded(path: str) -> str:
    """The path for comparing: case and Unicode form do not count, for some file systems do not keep them apart."""
    return unicodedata.normalize("NFC", path).casefold()


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether any pattern matches: `*` within a name, `**` across folders (none included), case ignored."""
    names = tuple(folded(path).split("/"))
    return any(_names_match(names, tuple(folded(pattern).split("/"))) for pattern in patterns)


def _names_match(names: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    """Whether names match patterns one by one: each `**` takes as few as it can, and more where that is not enough."""
    at_name = at_pattern = 0
    resume: tuple[int, int] | None = None
    while at_name < len(names):
        if at_pattern < len(patterns) and patterns[at_pattern] == "**":
            at_pattern += 1
            resume = (at_name, at_pattern)
        elif at_pattern < len(patterns) and fnmatch.fnmatchcase(names[at_name], patterns[at_pattern]):
            at_name, at_pattern = at_name + 1, at_pattern + 1
        elif resume is None:
            return False
        else:
            resume = (resume[0] + 1, resume[1])
            at_name, at_pattern = resume
    return all(pattern == "**" for pattern in patterns[at_pattern:])
