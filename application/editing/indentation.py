"""Moving a block of lines to another indentation."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INDENT = re.compile(r"[ \t]*")
_TAB_WIDTHS = (2, 4, 8)
_OPENS = (":", "{", "(", "[")


@dataclass(frozen=True, slots=True)
class Shift:
    """One change of indentation for all lines of a block.

    First each `unit` at the line's beginning becomes `becomes`, then `remove` is taken away and `add` put in front.
    `margin` leaves lines without indentation where they are.
    """

    add: str = ""
    remove: str = ""
    unit: str = ""
    becomes: str = ""
    margin: bool = False

    def moved(self, line: str) -> str | None:
        """The line where it belongs; None for one that is not indented enough, or by no whole number of units."""
        if self == NO_SHIFT or (self.margin and line[:1] not in {" ", "\t"}):
            return line
        if not line.strip():
            return ""
        indent = indent_of(line)
        moved = self._converted(indent)
        if not moved.startswith(self.remove) or (self.scales and len(indent) % len(self.unit)):
            return None
        return self.add + moved.removeprefix(self.remove) + line[len(indent) :]

    @property
    def scales(self) -> bool:
        """Whether levels of blanks become wider or narrower: what is aligned by single blanks would not be any more."""
        return bool(self.unit) and set(self.unit + self.becomes) == {" "}

    def moved_all(self, lines: Sequence[str]) -> list[str] | None:
        """All the lines where they belong; None where one of them cannot be moved."""
        moved = [self.moved(line) for line in lines]
        depths = [len(indent_of(line)) for line in lines if line.strip()] if self.scales else []
        if any(below - above > len(self.unit) for above, below in pairwise(depths)):
            return None
        return None if None in moved else [line or "" for line in moved]

    def _converted(self, indent: str) -> str:
        if not self.unit:
            return indent
        whole = _count(indent, self.unit)
        return self.becomes * whole + indent[whole * len(self.unit) :]


NO_SHIFT = Shift()
"""Everything stays where it is."""


def indent_of(line: str) -> str:
    """The blanks and tabs that a line begins with."""
    found = _INDENT.match(line)
    return found[0] if found else ""


def shift_between(block: Sequence[str], place: Sequence[str], also: Sequence[str], unit: int = 0) -> Shift | None:
    """The one shift that brings `block` to the indentation of `place`; None where there is none, or more than one.

    Lines that are blank on either side do not count. The lines of `also` will be shifted too: where the place is
    indented by tabs and they go deeper by blanks, the blanks become tabs. `unit` is how many blanks the file has a
    level, 0 where that is not known.
    """
    pairs = [(old, new) for old, new in zip(block, place, strict=True) if old.strip() and new.strip()]
    differing = [(old, new) for old, new in pairs if indent_of(old) != indent_of(new)]
    if not differing:
        return NO_SHIFT
    old, new = indent_of(differing[0][0]), indent_of(differing[0][1])
    tried = _candidates(old, new, [*block, *also])
    shift = next((shift for shift in tried if _turns(shift, pairs)), None)
    scaled = next((shift for shift in _scaled(old, new, unit) if _turns(shift, pairs)), None)
    if shift is None:
        beside = next((each for each in _candidates(old, new, ()) if _turns(replace(each, margin=True), pairs)), None)
        return scaled or (replace(beside, margin=True) if beside else None)
    if scaled is None or [shift.moved(line) for line in also] == [scaled.moved(line) for line in also]:
        return shift
    steps = _steps([*block, *also])
    if steps == {unit}:
        return shift
    return scaled if steps == {len(scaled.unit)} else None


def is_uneven(block: Sequence[str], place: Sequence[str], unit: int) -> bool:
    """Whether lines are not merely moved by whole levels: other characters, other widths, a part of a level."""
    pairs = [(indent_of(o), indent_of(n)) for o, n in zip(block, place, strict=True) if o.strip() and n.strip()]
    moves = {len(new) - len(old) for old, new in pairs[1:] or pairs}
    tabs = any("\t" in old + new and old != new for old, new in pairs)
    return tabs or len(moves) > 1 or any(move % (unit or 1) for move in moves)


def _turns(shift: Shift, pairs: Sequence[tuple[str, str]]) -> bool:
    return all(indent_of(shift.moved(old) or "") == indent_of(new) for old, new in pairs)


def _candidates(old: str, new: str, lines: Sequence[str]) -> Iterator[Shift]:
    if new.endswith(old):
        add = new[: len(new) - len(old)]
        if set(new) == {"\t"} and (width := _blank_width(lines)):
            yield Shift(add, unit=" " * width, becomes="\t")
        yield Shift(add)
    if old.endswith(new):
        yield Shift(remove=old[: len(old) - len(new)])
    if set(old) == {" "} and set(new) == {"\t"} and len(old) % len(new) == 0:
        yield Shift(unit=" " * (len(old) // len(new)), becomes="\t")
    if set(old) == {"\t"} and set(new) == {" "} and len(new) % len(old) == 0:
        yield Shift(unit="\t", becomes=" " * (len(new) // len(old)))


def _scaled(old: str, new: str, unit: int) -> Iterator[Shift]:
    """Levels of another width: the answer's of two blanks to the file's of four, or the reverse."""
    if unit and set(old) == set(new) == {" "} and len(new) % unit == 0:
        levels = len(new) // unit
        if len(old) % levels == 0 and len(old) // levels in _TAB_WIDTHS and len(old) // levels != unit:
            yield Shift(unit=" " * (len(old) // levels), becomes=" " * unit)


def _steps(lines: Sequence[str]) -> set[int]:
    """By how many blanks lines go deeper below those that open a block."""
    filled = [line for line in lines if line.strip()]
    pairs = [(one, len(indent_of(other)) - len(indent_of(one))) for one, other in pairwise(filled)]
    return {step for one, step in pairs if one.rstrip().endswith(_OPENS) and step > 0}


def _blank_width(lines: Sequence[str]) -> int:
    """How many blanks make a level, where lines are indented by blanks alone and evenly; 0 otherwise."""
    indents = {len(indent) for line in lines if line.strip() and (indent := indent_of(line)) and "\t" not in indent}
    width = min(indents, default=0)
    return width if width in _TAB_WIDTHS and all(indent % width == 0 for indent in indents) else 0


def _count(text: str, unit: str) -> int:
    """How many times `text` begins with `unit`."""
    count = 0
    while text.startswith(unit, count * len(unit)):
        count += 1
    return count
