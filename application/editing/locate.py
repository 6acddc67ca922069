"""Finding the place in a file that a search text means: whole lines only, and one place only.

The ladder: as it is written; white space at line ends aside; at another indentation; and all three again without the
blank lines at the search text's beginning and end. The first rung with a match decides; two matches on it are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from application.editing.indentation import Shift, shift_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block belongs: `start` to before `stop`, lines counted from 0.

    `search` and `replace` are the block's lines as they were matched there (blank lines at the edges may be gone), and
    `shift` is what brings them to the place's indentation.
    """

    start: int
    stop: int
    search: tuple[str, ...]
    replace: tuple[str, ...]
    shift: Shift

    def overlaps(self, start: int, stop: int) -> bool:
        """Whether the place shares a line with another."""
        return self.start < stop and start < self.stop


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The search text fits in several places; `lines` are the first few, counted from 1."""

    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Nowhere:
    """The search text fits in no place."""


class Haystack:
    """A file's lines as each rung of the ladder compares them; made once for all blocks of the file."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines

    @cached_property
    def exact(self) -> Keys:
        """The lines as they are."""
        return Keys(self.lines, str)

    @cached_property
    def without_line_ends(self) -> Keys:
        """The lines without white space at their ends."""
        return Keys(self.lines, str.rstrip)

    @cached_property
    def bare(self) -> Keys:
        """The lines without indentation either."""
        return Keys(self.lines, str.strip)


class Keys:
    """The lines of a file, each reduced by one function to what is compared."""

    def __init__(self, lines: Sequence[str], key: Callable[[str], str]) -> None:
        self._key = key
        self._keys = [key(line) for line in lines]
        self._known = frozenset(self._keys)

    def find(self, search: Sequence[str]) -> Iterator[int]:
        """Where the lines of `search` (at least one) begin."""
        wanted = [self._key(line) for line in search]
        if self._known.issuperset(wanted):
            yield from _occurrences(self._keys, wanted)


def locate(
    file: Haystack, search: Sequence[str], replace: Sequence[str], taken: Sequence[Place]
) -> Place | Ambiguous | Nowhere:
    """The place that a block means, outside of those that are `taken`; `search` holds a line that is not blank."""
    for old, new in _spellings(search, replace):
        for rung in (_exact, _without_line_ends, _at_any_indentation):
            found = _free(rung(file, old, new), taken)
            if len(found) == 1:
                return found[0]
            if found:
                return Ambiguous(tuple(place.start + 1 for place in found))
    return Nowhere()


def _free(places: Iterator[Place], taken: Sequence[Place]) -> list[Place]:
    """The first few places that share no line with one that is taken."""
    found: list[Place] = []
    for place in places:
        if not any(other.overlaps(place.start, place.stop) for other in taken):
            found.append(place)
        if len(found) == _MAX_NAMED:
            break
    return found


def _spellings(search: Sequence[str], replace: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    yield search, replace
    top, bottom = _blank_edges(search)
    if top or bottom:
        new_top, new_bottom = _blank_edges(replace)
        stop = len(replace) - min(bottom, new_bottom)
        yield search[top : len(search) - bottom], replace[min(top, new_top) : stop]


def _blank_edges(lines: Sequence[str]) -> tuple[int, int]:
    """How many blank lines there are at the beginning and, unless all are blank, at the end."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return (filled[0], len(lines) - 1 - filled[-1]) if filled else (len(lines), 0)


def _exact(file: Haystack, search: Sequence[str], replace: Sequence[str]) -> Iterator[Place]:
    return _unshifted(file.exact, search, replace)


def _without_line_ends(file: Haystack, search: Sequence[str], replace: Sequence[str]) -> Iterator[Place]:
    return _unshifted(file.without_line_ends, search, replace)


def _unshifted(keys: Keys, search: Sequence[str], replace: Sequence[str]) -> Iterator[Place]:
    for start in keys.find(search):
        yield Place(start, start + len(search), tuple(search), tuple(replace), Shift())


def _at_any_indentation(file: Haystack, search: Sequence[str], replace: Sequence[str]) -> Iterator[Place]:
    for start in file.bare.find(search):
        stop = start + len(search)
        shift = shift_between(search, file.lines[start:stop], replace)
        if shift is not None:
            yield Place(start, stop, tuple(search), tuple(replace), shift)


def _occurrences(lines: Sequence[str], search: Sequence[str]) -> Iterator[int]:
    """Where `search` begins in `lines`, overlapping ones included (Knuth, Morris and Pratt: linear in any case)."""
    borders = _borders(search)
    matched = 0
    for number, line in enumerate(lines):
        while matched and (matched == len(search) or search[matched] != line):
            matched = borders[matched - 1]
        if search[matched] == line:
            matched += 1
        if matched == len(search):
            yield number + 1 - matched


def _borders(search: Sequence[str]) -> list[int]:
    """For each beginning of `search`, the length of the longest shorter beginning that is also its end."""
    borders = [0] * len(search)
    length = 0
    for number in range(1, len(search)):
        while length and search[length] != search[number]:
            length = borders[length - 1]
        if search[length] == search[number]:
            length += 1
        borders[number] = length
    return borders
