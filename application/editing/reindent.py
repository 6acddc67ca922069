"""Bringing a block's new lines to the indentation of its place.

The evidence is how the search text's lines are indented in the answer, and how they are in the file; and that a new
line which the file has just so is written as it belongs. Where that leaves two readings, there is none.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from application.editing.indentation import NO_SHIFT, indent_of, shift_between
from application.editing.lone_line import Reading, reading_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.editing.alignment import Part
    from application.editing.indentation import Shift

_OPENERS = (":", "{")
_CLOSERS = ("}", ")", "]", "else", "elif", "except", "finally", "catch", "end")


class Unclear(ValueError):
    """The place is found, but not how the new lines are to be indented there; the message says why."""

    def __init__(self, why: str = "") -> None:
        super().__init__(
            why or "SEARCH is not indented as the file is, and it is not clear how deep the lines of REPLACE belong"
        )


class Block(NamedTuple):
    """A search text, the file's lines that it stands for, one by one, and what is to come instead."""

    search: Sequence[str]
    place: Sequence[str]
    new: Sequence[str]
    parts: Sequence[Part]
    unit: int

    @property
    def first_new(self) -> int:
        """The first new line that is not blank."""
        return next((number for number, line in enumerate(self.new) if line.strip()), 0)

    @property
    def first_old(self) -> int:
        """The first line of the search text that is not blank."""
        return next((number for number, line in enumerate(self.search) if line.strip()), 0)

    @property
    def filled(self) -> int:
        """How many lines of the search text are not blank."""
        return sum(bool(line.strip()) for line in self.search)


def reindented(block: Block) -> list[str] | None:
    """The new lines as they belong into the place; None where the indentation does not fit. Raises `Unclear`."""
    shift = shift_between(block.search, block.place, block.new, block.unit)
    if shift == NO_SHIFT or not any(line.strip() for line in block.new):
        return list(block.new)
    if _is_as_the_file(block):
        return list(block.new)
    if shift is None and _is_flat(block):
        return _line_by_line(block)
    if shift is None:
        return _with_lost_first(block) if _has_lost_first(block) else _by_parts(block)
    moved = _below_one_line(block, shift) if block.filled == 1 else _moved(block, shift)
    if _is_flattened(block):
        raise Unclear
    return moved


def _is_as_the_file(block: Block) -> bool:
    """Whether the new text has a line just as the file has it, where the search text does not, and none as that has it.

    The first line must agree with it: it may have lost its indentation all the same.
    """
    new = {line.rstrip() for line in block.new}
    pairs = [(o.rstrip(), p.rstrip()) for o, p in zip(block.search, block.place, strict=True) if p.strip()]
    wrong = [(old, line) for old, line in pairs if old != line]
    first, old = block.new[block.first_new], block.search[block.first_old]
    if indent_of(first) == indent_of(old) != indent_of(block.place[block.first_old]):
        return False
    return any(line in new for _, line in wrong) and not any(old in new for old, _ in wrong)


def _shifted(lines: Sequence[str], shift: Shift) -> list[str]:
    moved = shift.moved_all(lines)
    if moved is None:
        message = "a line of REPLACE is indented too little, or neither as SEARCH is nor as the file"
        raise Unclear(message)
    return moved


def _moved(block: Block, shift: Shift) -> list[str]:
    """All lines by the shift of the search text, if both texts are written at the same depth."""
    first = block.new[block.first_new]
    if any(_is_kept_filled(block, part) for part in block.parts):
        return _shifted(block.new, shift)
    if indent_of(first) == indent_of(block.search[block.first_old]):
        return _shifted(block.new, shift)
    goal = block.place[block.first_old]
    if indent_of(first) == indent_of(goal):
        return list(block.new)
    if first.strip() == goal.strip():
        own = _shifted(block.new, shift_between([first], [goal], block.new, block.unit) or NO_SHIFT)
        if shift.moved_all(block.new) in (None, own):
            return own
    raise Unclear


def _is_kept_filled(block: Block, part: Part) -> bool:
    return part.keeps and any(line.strip() for line in block.search[part.i1 : part.i2])


def _below_one_line(block: Block, shift: Shift) -> list[str]:
    """One line alone does not show whether its neighbours have lost their indentation with it."""
    old, goal = block.search[block.first_old], block.place[block.first_old]
    at = block.first_new
    first, rest = block.new[at], block.new[at + 1 :]
    if old in rest or indent_of(old):
        return _moved(block, shift)
    if goal.rstrip() in {line.rstrip() for line in rest}:
        return _with_first(block.new, at, indent_of(old), indent_of(goal))
    if indent_of(first) == indent_of(goal):
        return list(block.new)
    if indent_of(first) != indent_of(old):
        raise Unclear
    reading = reading_of(first, [line for line in rest if line.strip()], indent_of(goal), block.unit)
    if reading is Reading.UNCLEAR:
        raise Unclear
    if reading is Reading.ALL_MOVED:
        return _shifted(block.new, shift)
    return _with_first(block.new, at, indent_of(old), indent_of(goal))


def _with_first(lines: Sequence[str], at: int, wrong: str, goal: str) -> list[str]:
    """The lines as they are, but the first, which has lost its indentation."""
    if indent_of(lines[at]) not in {wrong, goal}:
        raise Unclear
    return [*lines[:at], goal + lines[at].lstrip(" \t"), *lines[at + 1 :]]


def _has_lost_first(block: Block) -> bool:
    """Whether the first line alone is without its indentation, as where an answer's text is trimmed."""
    first = block.first_old
    lost = not indent_of(block.search[first]) and bool(indent_of(block.place[first]))
    return lost and shift_between(block.search[first + 1 :], block.place[first + 1 :], (), block.unit) == NO_SHIFT


def _with_lost_first(block: Block) -> list[str]:
    part = next((part for part in block.parts if part.i1 <= block.first_old < part.i2 or part.j2 > part.j1), None)
    if part is None or (part.keeps and part.i1 <= block.first_old):
        return list(block.new)
    old, goal = indent_of(block.search[block.first_old]), indent_of(block.place[block.first_old])
    return _with_first(block.new, block.first_new, old, goal)


def _by_parts(block: Block) -> list[str] | None:
    """Each new part by the lines that it replaces and the two around it, where the rest does not agree with them."""
    moved = list(block.new)
    for part in block.parts:
        if part.keeps or part.j1 == part.j2:
            continue
        shifted = _like_neighbours(block, part)
        if shifted is None:
            return None
        moved[part.j1 : part.j2] = shifted
    return moved


def _like_neighbours(block: Block, part: Part) -> list[str] | None:
    lines = block.new[part.j1 : part.j2]
    old, place = block.search[part.i1 : part.i2], block.place[part.i1 : part.i2]
    if place and _is_as_in_file(lines, old, place):
        return list(lines)
    around = [
        *_nearest_filled(block.search, part.i1 - 1, -1),
        *range(part.i1, part.i2),
        *_nearest_filled(block.search, part.i2, 1),
    ]
    filled = [number for number in around if block.search[number].strip()]
    if len(old) == len(lines) == 1 and old[0].strip():
        filled = [part.i1]
    if not filled:
        return None
    pairs = [block.search[n] for n in filled], [block.place[n] for n in filled]
    shift = shift_between(*pairs, lines, block.unit)
    return None if shift is None else _shifted(lines, shift)


def _is_as_in_file(lines: Sequence[str], old: Sequence[str], place: Sequence[str]) -> bool:
    """Whether new lines are indented as the file is, though the search text is not: the first, and no line less."""
    depth = {indent_of(line) for line in place if line.strip()}
    first = next((line for line in lines if line.strip()), "")
    lost = next((line for line in old if line.strip()), "")
    return bool(first) and indent_of(first) in depth and indent_of(first) != indent_of(lost)


def _nearest_filled(lines: Sequence[str], number: int, step: int) -> list[int]:
    while 0 <= number < len(lines):
        if lines[number].strip():
            return [number]
        number += step
    return []


def _is_flat(block: Block) -> bool:
    """Whether both texts have lost the indentation of each line."""
    return not any(indent_of(line) for line in (*block.search, *block.new) if line.strip())


def _line_by_line(block: Block) -> list[str] | None:
    """Flat texts that differ line by line: each new line stands as deep as the one that it replaces."""
    moved = list(block.new)
    for part in block.parts:
        if part.keeps:
            continue
        if part.i2 - part.i1 != part.j2 - part.j1 or part.i2 - part.i1 > 1:
            return None
        moved[part.j1] = indent_of(block.place[part.i1]) + block.new[part.j1]
    return moved


def _is_flattened(block: Block) -> bool:
    """Whether every line has lost its indentation, and with it what was inside of what."""
    filled = [line for line in block.new if line.strip()]
    if any(indent_of(line) for line in filled):
        return False
    pairs = pairwise(filled)
    return any(_opens(one) and not other.startswith(_CLOSERS) for one, other in pairs)


def _opens(line: str) -> bool:
    """Whether the next line belongs deeper: after a colon, or within a bracket."""
    opened = sum(line.count(bracket) for bracket in "([{") - sum(line.count(bracket) for bracket in ")]}")
    return opened > 0 or line.rstrip().endswith(_OPENERS)
