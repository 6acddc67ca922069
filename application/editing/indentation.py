"""Moving a block of lines to another indentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INDENT = re.compile(r"[ \t]*")
_TAB_WIDTHS = (2, 4, 8)


@dataclass(frozen=True, slots=True)
class Shift:
    """One change of indentation for all lines of a block.

    First each `unit` at the line's beginning becomes `becomes`, then `remove` is taken away and `add` put in front.
    """

    add: str = ""
    remove: str = ""
    unit: str = ""
    becomes: str = ""

    def moved(self, line: str) -> str | None:
        """The line where it belongs; None for one that is not indented enough to be moved to the left."""
        if self == NO_SHIFT:
            return line
        if not line.strip():
            return ""
        indent = indent_of(line)
        moved = self._converted(indent)
        if not moved.startswith(self.remove):
            return None
        return self.add + moved.removeprefix(self.remove) + line[len(indent) :]

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


def shift_between(block: Sequence[str], place: Sequence[str], also: Sequence[str]) -> Shift | None:
    """The one shift that brings `block` to the indentation of `place`; None where there is none.

    Lines that are blank on either side do not count. The lines of `also` will be shifted too: where the place is
    indented by tabs and they go deeper by blanks, the blanks become tabs.
    """
    pairs = [(old, new) for old, new in zip(block, place, strict=True) if old.strip() and new.strip()]
    pair = next(((old, new) for old, new in pairs if indent_of(old) != indent_of(new)), None)
    if pair is None:
        return NO_SHIFT
    tried = _candidates(indent_of(pair[0]), indent_of(pair[1]), [*block, *also])
    return next((shift for shift in tried if _turns(shift, pairs)), None)


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
