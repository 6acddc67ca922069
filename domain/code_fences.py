"""Which lines of a Markdown text stand in a code fence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)")


def fence_after(line: str, fence: str) -> str:
    """The fence that is open after this line, "" where none is; one closes with as many characters as it opened."""
    found = _FENCE.fullmatch(line)
    if not found:
        return fence
    if not fence:
        return "" if found[1][0] == "`" and "`" in found[2] else found[1]
    return "" if found[1].startswith(fence) and not found[2].strip(" \t") else fence


def with_fences(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is code or the fence around it; a fence that nobody closes goes on to the end."""
    fence = ""
    for line in lines:
        before, fence = fence, fence_after(line, fence)
        yield line, bool(before or fence)
