"""Bringing a block's new lines to the indentation of its place.

The evidence is how the search text's lines are indented in the answer, and how they are in the file. Where that leaves
two readings, there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.editing.indentation import NO_SHIFT, indent_of, shift_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.editing.alignment import Part
    from application.editing.indentation import Shift

_OPENERS = (":", "{", "(", "[")


class Unclear(ValueError):
    """The place is found, but not how the new lines are to be indented there; the message says why."""


def reindented(
    search: Sequence[str], place: Sequence[str], new: Sequence[str], parts: Sequence[Part]
) -> list[str] | None:
    """The new lines as they belong into `place`; None where the indentation does not fit. Raises `Unclear`."""
    shift = shift_between(search, place, new)
    if shift is None:
        return _by_parts(search, place, new, parts)
    if shift != NO_SHIFT and _is_one_line(search):
        return _below_one_line(search, place, new, shift)
    return _shifted(new, shift)


def _shifted(lines: Sequence[str], shift: Shift) -> list[str]:
    moved = [shift.moved(line) for line in lines]
    if any(line is None for line in moved):
        message = "a line of REPLACE is indented too little"
        raise Unclear(message)
    return [line or "" for line in moved]


def _is_one_line(lines: Sequence[str]) -> bool:
    return sum(bool(line.strip()) for line in lines) == 1


def _below_one_line(search: Sequence[str], place: Sequence[str], new: Sequence[str], shift: Shift) -> list[str]:
    """One line alone does not show whether its neighbours have lost their indentation with it.

    They have where one of them is indented less than the place; they have not where one is the place's own line.
    """
    old = next(line for line in place if line.strip())
    wrong = indent_of(next(line for line in search if line.strip()))
    filled = [line for line in new if line.strip()]
    rest = filled[1:]
    goal = indent_of(old)
    if not rest or any(not indent_of(line).startswith(goal) for line in rest):
        return _shifted(new, shift)
    if filled[0].rstrip().endswith(_OPENERS) and indent_of(rest[0]) == goal:
        return _shifted(new, shift)
    if any(line.rstrip() == old.rstrip() for line in rest) and indent_of(filled[0]) == wrong:
        first = next(number for number, line in enumerate(new) if line.strip())
        return [*new[:first], goal + new[first].lstrip(), *new[first + 1 :]]
    message = "SEARCH is not indented as the file is, and it is not clear how deep the lines of REPLACE belong"
    raise Unclear(message)


def _by_parts(
    search: Sequence[str], place: Sequence[str], new: Sequence[str], parts: Sequence[Part]
) -> list[str] | None:
    """Each new part by the lines that it replaces and the two around it, where the rest does not agree with them."""
    moved = list(new)
    lost_first = _has_lost_first(search, place)
    for part in parts:
        if part.keeps or part.j1 == part.j2:
            continue
        lines = new[part.j1 : part.j2]
        if lost_first and _filled_before(search, part.i1) == 0:
            shifted = _with_first(lines, place)
        else:
            shifted = _like_neighbours(search, place, lines, part)
        if shifted is None:
            return None
        moved[part.j1 : part.j2] = shifted
    return moved


def _has_lost_first(search: Sequence[str], place: Sequence[str]) -> bool:
    """Whether the first line alone is without its indentation, as where an answer's text is trimmed."""
    first = next((number for number, line in enumerate(search) if line.strip()), 0)
    lost = not indent_of(search[first]) and bool(indent_of(place[first]))
    return lost and shift_between(search[first + 1 :], place[first + 1 :], ()) == NO_SHIFT


def _filled_before(lines: Sequence[str], stop: int) -> int:
    return sum(bool(line.strip()) for line in lines[:stop])


def _with_first(lines: Sequence[str], place: Sequence[str]) -> list[str] | None:
    """New lines at the top of a block whose first line lost its indentation: theirs has lost it too, or has it."""
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return list(lines)
    goal = indent_of(next(line for line in place if line.strip()))
    if indent_of(lines[first]) not in {"", goal}:
        return None
    return [*lines[:first], goal + lines[first].lstrip(), *lines[first + 1 :]]


def _like_neighbours(search: Sequence[str], place: Sequence[str], lines: Sequence[str], part: Part) -> list[str] | None:
    around = [*_nearest_filled(search, part.i1, -1), *range(part.i1, part.i2), *_nearest_filled(search, part.i2 - 1, 1)]
    filled = [number for number in around if search[number].strip()]
    if part.i2 - part.i1 == len(lines) == 1 and search[part.i1].strip():
        filled = [part.i1]
    if not filled:
        return None
    shift = shift_between([search[number] for number in filled], [place[number] for number in filled], lines)
    return None if shift is None else _shifted(lines, shift)


def _nearest_filled(lines: Sequence[str], start: int, step: int) -> list[int]:
    number = start + step if step > 0 else start - 1
    while 0 <= number < len(lines):
        if lines[number].strip():
            return [number]
        number += step
    return []
