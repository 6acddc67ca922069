"""A file's lines, made ready to be searched by many blocks, within a bound on the work of all of them together."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from application.editing.indentation import indent_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_MAX_PLACES = 1_000
_WIDTHS = (2, 3, 4, 8)
_MAX_WORK = 3_000_000
_WORD = re.compile(r"\w+")
_TYPOGRAPHY = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " ", "\u2011": "-"})


class TooMuchWork(Exception):
    """The blocks take longer to place than any honest answer's."""


class Haystack:
    """A file's lines as each rung of the ladder compares them; made once for all blocks of the file.

    `is_prose`: blank lines mean something in it.
    """

    def __init__(self, lines: Sequence[str], *, is_prose: bool = False) -> None:
        self.lines = lines
        self.is_prose = is_prose
        self._work = 0

    @cached_property
    def exact(self) -> Keys:
        """The lines as they are."""
        return Keys(self, str)

    @cached_property
    def without_line_ends(self) -> Keys:
        """The lines without white space at their ends."""
        return Keys(self, str.rstrip)

    @cached_property
    def bare(self) -> Keys:
        """The lines without indentation either."""
        return Keys(self, str.strip)

    @cached_property
    def loose(self) -> Keys:
        """The bare lines with every white space as one blank, and typographic quotes as plain ones."""
        return Keys(self, loosely)

    @cached_property
    def unit(self) -> int:
        """How many blanks make a level; 0 where the file does not show it."""
        steps: Counter[int] = Counter()
        depth = 0
        for number in self.filled:
            indent = indent_of(self.lines[number])
            if "\t" not in indent:
                steps[len(indent) - depth] += 1
                depth = len(indent)
        likely = [(steps[width], width) for width in _WIDTHS if steps[width]]
        return max(likely)[1] if likely else 0

    @cached_property
    def is_blank_indented(self) -> bool:
        """Whether lines are indented by blanks, and none by tabs."""
        begins = Counter(self.lines[number][0] for number in self.filled)
        return begins[" "] > 0 and not begins["\t"]

    @cached_property
    def filled(self) -> list[int]:
        """The numbers of the lines that are not blank."""
        return [number for number, line in enumerate(self.lines) if line.strip()]

    @cached_property
    def without_blank_lines(self) -> Keys:
        """The bare lines that are not blank; places in them are places in `filled`."""
        return Keys(self, str.strip, [self.lines[number] for number in self.filled])

    @cached_property
    def words(self) -> list[list[str]]:
        """The words of each line."""
        return [words_of(line) for line in self.lines]

    def worked(self, steps: int) -> None:
        """Count the steps of a search. Raises `TooMuchWork`."""
        self._work += steps
        if self._work > _MAX_WORK:
            raise TooMuchWork


def words_of(line: str) -> list[str]:
    """The words of a line, in order."""
    return _WORD.findall(line)


def loosely(line: str) -> str:
    """A line without what is easily lost when it is copied."""
    return " ".join((line if line.isascii() else line.translate(_TYPOGRAPHY)).split())


class Keys:
    """The lines of a file, each reduced by one function to what is compared."""

    def __init__(self, file: Haystack, key: Callable[[str], str], lines: Sequence[str] | None = None) -> None:
        self._file = file
        self.key = key
        self.keys = list(map(key, file.lines if lines is None else lines))

    @cached_property
    def _distinct(self) -> frozenset[str]:
        return frozenset(self.keys)

    @cached_property
    def places(self) -> Mapping[str, Sequence[int]]:
        """Where each of the lines stands."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(self.keys):
            places[line].append(number)
        return places

    def find(self, search: Sequence[str]) -> list[int]:
        """Where the lines of `search` (at least one) begin, the first thousand places. Raises `TooMuchWork`."""
        self._file.worked(len(search) + 1)
        wanted: list[str] = []
        for line in search:
            key = self.key(line)
            if key not in self._distinct:
                return []
            wanted.append(key)
        rarest = min(range(len(wanted)), key=lambda number: len(self.places.get(wanted[number], ())))
        begins = [place - rarest for place in self.places.get(wanted[rarest], ()) if place >= rarest]
        if len(begins) * len(wanted) > 2 * len(self.keys):
            self._file.worked(len(self.keys))
            return _occurrences(self.keys, wanted)
        self._file.worked(len(begins) * len(wanted))
        return [start for start in begins if self.keys[start : start + len(wanted)] == wanted][:_MAX_PLACES]


def _occurrences(lines: Sequence[str], search: Sequence[str]) -> list[int]:
    """Where `search` begins in `lines`, overlapping ones included (Knuth, Morris and Pratt: linear in any case)."""
    borders = _borders(search)
    found: list[int] = []
    matched = 0
    for number, line in enumerate(lines):
        while matched and (matched == len(search) or search[matched] != line):
            matched = borders[matched - 1]
        if search[matched] == line:
            matched += 1
        if matched == len(search):
            found.append(number + 1 - matched)
            if len(found) == _MAX_PLACES:
                break
    return found


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
