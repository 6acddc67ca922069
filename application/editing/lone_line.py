"""How a replacement is to be read whose search text is one line that has lost its indentation.

Either all lines have been moved together, or the first alone has lost its indentation, as where a text is trimmed.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from application.editing.indentation import indent_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCK = (":", "{", "->", "=>", "do", "then")
_GOES_ON = ("(", "[", ",", "\\", "=", "+", "-", "*", "/", "|", "&", " and", " or")
_TOP_LEVEL = ("class ", "def ", "async def ", "@", "function ", "func ", "export ", "import ", "from ")
"""What may well stand without any indentation."""


class Reading(Enum):
    """What has happened to the lines below the first."""

    ALL_MOVED = auto()
    FIRST_ALONE = auto()
    UNCLEAR = auto()


def reading_of(first: str, rest: Sequence[str], goal: str, unit: int) -> Reading:
    """The only reading in which the second line stands as one can below the first, which belongs at `goal`."""
    if not rest:
        return Reading.ALL_MOVED
    if any(line.startswith(_TOP_LEVEL) for line in rest):
        return Reading.UNCLEAR
    below, moved = len(indent_of(rest[0])), len(indent_of(first))
    end = first.rstrip()
    if end.endswith(_GOES_ON):
        return Reading.UNCLEAR if below >= len(goal) else Reading.ALL_MOVED
    if end.endswith(_BLOCK):
        if not indent_of(rest[0]).startswith(goal):
            return Reading.ALL_MOVED
        return _inside(below - moved, below - len(goal), unit)
    all_moved = below <= moved
    first_alone = 0 < below <= len(goal)
    if all_moved == first_alone:
        return Reading.UNCLEAR
    return Reading.ALL_MOVED if all_moved else Reading.FIRST_ALONE


def _inside(if_moved: int, if_alone: int, unit: int) -> Reading:
    """Below a line that opens a block: by how much the second is deeper in each reading, one level being likely."""
    if if_alone <= 0:
        return Reading.ALL_MOVED if if_moved > 0 else Reading.UNCLEAR
    if unit and (if_moved == unit) != (if_alone == unit):
        return Reading.ALL_MOVED if if_moved == unit else Reading.FIRST_ALONE
    return Reading.UNCLEAR
