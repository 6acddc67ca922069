"""What is wrong with a place only in view of what else the answer says: a look once all blocks have theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.editing.blank_lines import needs_blank_lines
from application.editing.doubled import doubled_above, doubled_below
from application.editing.indentation import indent_of
from application.editing.locate import EXACT
from application.editing.nearest import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.editing.haystack import Haystack
    from application.editing.locate import Place
    from application.editing.taken import Taken

_MAX_NAMED = 5


class SecondLook:
    """At the places of one file, all of them."""

    def __init__(self, file: Haystack, taken: Taken) -> None:
        self._file = file
        self._taken = taken
        places = taken.in_order()
        self._is_moved = any(place.how not in {EXACT, "line ends"} for place in places)
        self._is_uneven = any(place.uneven for place in places)
        self._is_squeezed = any(place.how == "blank lines" for place in places)

    def problem(self, place: Place) -> str:
        """Why the block should not go there, in words; or ""."""
        return self._doubled(place) or self._elsewhere(place) or self._blind(place) or self._squeezed(place)

    def _doubled(self, place: Place) -> str:
        """What stands beside the place comes again: harmless only where another block takes it away."""
        if (size := doubled_below(place, self._file.lines)) and self._stay(place.stop, place.stop + size):
            line = quoted(self._file.lines[place.stop])
            return f"REPLACE ends with what follows SEARCH in the file already, from {line} on; {_MEND}"
        if (size := doubled_above(place, self._file.lines)) and self._stay(place.start - size, place.start):
            line = quoted(self._file.lines[place.start - size])
            return f"REPLACE begins with what stands above SEARCH in the file already, from {line} on; {_MEND}"
        return ""

    def _stay(self, start: int, stop: int) -> bool:
        return not any(place.start < stop and start < place.stop for place in self._taken.in_order())

    def _elsewhere(self, place: Place) -> str:
        """Where other blocks are not indented as the file is, the depth of this one does not tell places apart."""
        if place.how != EXACT or not self._is_moved or place.start == place.stop:
            return ""
        found = self._file.bare.find(self._file.lines[place.start : place.stop])
        if len(found) == 1:
            return ""
        lines = ", ".join(str(start + 1) for start in found[:_MAX_NAMED])
        return (
            f"SEARCH fits in several places (lines {lines}) but for its indentation, and other blocks are not indented "
            "as the file is; add neighbouring lines until it fits in one"
        )

    def _blind(self, place: Place) -> str:
        """Nor can new lines be trusted to be as deep as they should, where their block has no line to go by."""
        if place.how != EXACT or not self._is_uneven or _are_indented(self._file.lines[place.start : place.stop]):
            return ""
        if not any(_are_indented(place.lines[part.j1 : part.j2]) for part in place.parts if not part.keeps):
            return ""
        return (
            "other blocks are not indented as the file is, and this one does not show it; give all the file's indents"
        )

    def _squeezed(self, place: Place) -> str:
        """Where other blocks have lost their blank lines, so has this one."""
        if not self._is_squeezed or place.how == "blank lines" or not all(line.strip() for line in place.lines):
            return ""
        if not any(needs_blank_lines(place.lines[part.j1 : part.j2]) for part in place.parts if not part.keeps):
            return ""
        return "other blocks have lost the file's blank lines, and so has this one; give the new text with its own"


_MEND = "put it into SEARCH too, or leave it out of REPLACE"


def _are_indented(lines: Sequence[str]) -> bool:
    return any(indent_of(line) for line in lines if line.strip())
