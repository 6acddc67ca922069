"""Search/replace blocks: lines between markers.

    <<<<<<< SEARCH
    =======
    >>>>>>> REPLACE

A marker is a whole line. The opening marker's length (5 to 30 characters) is the block's: where the text itself has a
line that looks like one of the markers, the block is written with longer ones. A separator or closing marker of another
length (5 to 9) is accepted only where there is no doubt which line it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from application.editing.answer import SearchReplace
from application.editing.formats.fences import is_fence

if TYPE_CHECKING:
    from collections.abc import Sequence

_OPENING = re.compile(r"(<{5,30}) {0,2}SEARCH\s*+\Z")
_SEPARATOR = re.compile(r"(={5,30})\s*+\Z")
_CLOSING = re.compile(r"(>{5,30}) {0,2}REPLACE\s*+\Z")
_MISCOUNTED = range(5, 10)


def opening_length(line: str) -> int:
    """How many characters the opening marker has that a line is; 0 where it is none."""
    return _length(_OPENING, line)


def is_marker(line: str) -> bool:
    """Whether a line opens or closes a block (a separator alone is a heading's underline as well)."""
    return bool(_OPENING.match(line) or _CLOSING.match(line))


def read_blocks(lines: Sequence[str], ignored: frozenset[str]) -> tuple[list[SearchReplace], list[str]]:
    """The blocks of a file, and what is wrong with the first that cannot be read.

    Between blocks only blank lines, code fences and the lines in `ignored` may stand.
    """
    blocks: list[SearchReplace] = []
    position = 0
    while (position := _skip_between(lines, position, ignored)) < len(lines):
        name = f"block {len(blocks) + 1}"
        length = opening_length(lines[position])
        if not length:
            return blocks, [f"{name}: `{_short(lines[position])}` stands outside of a block; {_howto(7)}"]
        end = _closing_line(lines, position, length)
        if end is None:
            return blocks, [f"{name} is not closed, or not clearly; {_howto(length)}"]
        separator = _separator_line(lines, position, end, length)
        if separator is None:
            return blocks, [f"{name} has no single `{'=' * length}` line between old and new text; {_howto(length)}"]
        blocks.append(SearchReplace(_joined(lines[position + 1 : separator]), _joined(lines[separator + 1 : end])))
        position = end + 1
    return blocks, []


def _skip_between(lines: Sequence[str], position: int, ignored: frozenset[str]) -> int:
    while position < len(lines) and _may_stand_between(lines[position], ignored):
        position += 1
    return position


def _may_stand_between(line: str, ignored: frozenset[str]) -> bool:
    return not line.strip() or is_fence(line) or line.strip().strip("`") in ignored


def _closing_line(lines: Sequence[str], opening: int, length: int) -> int | None:
    """The first closing marker of the block's length; else the only one of another, before the next block opens."""
    miscounted: list[int] = []
    for number in range(opening + 1, len(lines)):
        found = _length(_CLOSING, lines[number])
        if found == length:
            return number
        if found in _MISCOUNTED:
            miscounted.append(number)
        elif opening_length(lines[number]) == length:
            break
    return miscounted[0] if len(miscounted) == 1 else None


def _separator_line(lines: Sequence[str], opening: int, closing: int, length: int) -> int | None:
    """The only separator of the block's length; else, where there is none, the only one of another."""
    found = [(number, _length(_SEPARATOR, lines[number])) for number in range(opening + 1, closing)]
    exact = [number for number, size in found if size == length]
    near = [number for number, size in found if size in _MISCOUNTED]
    candidates = exact or near
    return candidates[0] if len(candidates) == 1 else None


def _length(marker: re.Pattern[str], line: str) -> int:
    found = marker.match(line)
    return len(found[1]) if found else 0


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _howto(length: int) -> str:
    longer = min(max(length, 7) + 2, 30)
    return (
        f"a block is a line `{'<' * length} SEARCH`, the old lines, a line `{'=' * length}`, the new lines, and a line "
        f"`{'>' * length} REPLACE`; if the text itself holds such a line, write all three with {longer} characters"
    )


def _short(line: str) -> str:
    return line.strip()[:80].replace("`", "'")
