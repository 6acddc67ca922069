"""Code fences around a file's content, which models add and nobody wants in the file."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_FENCE = re.compile(r"(`{3,}|~{3,})([^`\n]*)\Z")
_LONGEST = 500
_MARKDOWN = (".md", ".markdown", ".mdown", ".mdx", ".rmd", ".qmd", ".livemd")
_MARKDOWN_NAMES = {"markdown", "md", "mdx"}


class UnclearFence(ValueError):
    """The content begins with a fence, and it cannot be told whether that belongs to the file."""


def is_fence(line: str) -> bool:
    """Whether a line opens or closes a code fence."""
    return _fence(line) is not None


def fence_info(line: str) -> str:
    """What follows the fence's own characters on its line; "" where the line is no fence."""
    found = _fence(line)
    return found[2].strip() if found else ""


def fence_length(line: str) -> int:
    """How many characters the fence has that a line is; 0 where it is none."""
    found = _fence(line)
    return len(found[1]) if found else 0


def _fence(line: str) -> re.Match[str] | None:
    return _match(line) if ("```" in line or "~~~" in line) and len(line) <= _LONGEST else None


@lru_cache(maxsize=256)
def _match(line: str) -> re.Match[str] | None:
    """The same few fences are asked about again and again."""
    return _FENCE.match(line.strip())


def is_fenced(lines: Sequence[str]) -> bool:
    """Whether the first line is a fence and the last one such as closes it."""
    return len(lines) > 1 and is_fence(lines[0]) and is_fence(lines[-1]) and not fence_info(lines[-1])


def unfenced(lines: Sequence[str]) -> list[str]:
    """The lines between the first and the last."""
    return list(lines[1:-1])


def without_fence(lines: Sequence[str], path: str) -> Sequence[str]:
    """The lines without the one fence around all of them, if there is one; a Markdown file's own fences stay.

    Raises `UnclearFence`.
    """
    first, last = _filled_edges(lines)
    opening = _FENCE.match(lines[first].rstrip()) if first < last else None
    if opening is None:
        return lines
    wraps = _closing_of_first(lines, first) == last
    if path.lower().endswith(_MARKDOWN):
        names_markdown = opening[2].strip().lower() in _MARKDOWN_NAMES
        return lines[first + 1 : last] if wraps and names_markdown else lines
    if not wraps:
        raise UnclearFence
    return lines[first + 1 : last]


def _filled_edges(lines: Sequence[str]) -> tuple[int, int]:
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return (filled[0], filled[-1]) if filled else (0, 0)


def _closing_of_first(lines: Sequence[str], first: int) -> int | None:
    """The line that closes the fence opened at `first`, where a fence with a name nests and a bare one closes."""
    depth = 0
    for number in range(first, len(lines)):
        fence = _FENCE.match(lines[number].rstrip())
        if fence is None:
            continue
        opens = bool(fence[2].strip()) or depth == 0
        depth += 1 if opens else -1
        if depth == 0:
            return number
    return None
