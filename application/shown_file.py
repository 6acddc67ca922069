"""A file as a model sees it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from application.ports.code_structure import Definition

_MAX_RANGES = 3


@dataclass(frozen=True, slots=True)
class Part:
    """Lines `first` to `last` of a file, counted from 1 and both included; `text` has their line ends as they are."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file as the model sees it: all of it, or parts of it in order and apart.

    `lines`: how many lines the file has. `outline`: definitions to be listed where they are not shown. Line ends are as
    in the file.
    """

    path: str
    parts: tuple[Part, ...]
    lines: int
    outline: tuple[Definition, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing of the file is missing."""
        return self._shown_lines == self.lines

    @property
    def _shown_lines(self) -> int:
        return sum(part.last - part.first + 1 for part in self.parts)

    @property
    def extent(self) -> str:
        """What is shown, in words: `whole file`, or `lines 1-12 and 80-104 of 300`."""
        if self.whole:
            return "whole file"
        if len(self.parts) > _MAX_RANGES:
            return f"{self._shown_lines:,} of {self.lines:,} lines"
        *others, last = [f"{part.first}-{part.last}" for part in self.parts]
        ranges = f"{', '.join(others)} and {last}" if others else last
        return f"lines {ranges} of {self.lines:,}"

    @property
    def text(self) -> str:
        """The parts as one text, with a line in brackets for each stretch that is missing."""
        pieces = []
        next_line = 1
        for part in self.parts:
            pieces += [self._gap(next_line, part.first - 1), part.text]
            next_line = part.last + 1
        return "".join([*pieces, self._gap(next_line, self.lines)])

    def _gap(self, first: int, last: int) -> str:
        if first > last:
            return ""
        lines = f"line {first} is" if first == last else f"lines {first}-{last} are"
        hidden = [f"{one.name} {one.first}" for one in self.outline if first <= one.first <= last]
        return f"[{lines} not shown{': ' if hidden else ''}{', '.join(hidden)}]\n"


def parts_of(lines: list[str], ranges: Iterable[tuple[int, int]]) -> tuple[Part, ...]:
    """The parts that these lines make (first and last, from 1): neighbours are one part."""
    return tuple(Part(first, last, "".join(lines[first - 1 : last])) for first, last in _merged(sorted(ranges)))


def _merged(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    numbers = dict.fromkeys(number for first, last in ranges for number in range(first, last + 1))
    for _, run in itertools.groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        places = [number for _, number in run]
        yield places[0], places[-1]
