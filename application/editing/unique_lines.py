"""Lining two texts up at the lines that each holds once: in time that grows with their length, not with its square."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

_Line = TypeVar("_Line", str, bytes)


def rising_pairs(old: Sequence[_Line], new: Sequence[_Line]) -> list[tuple[int, int]]:
    """Pairs of places of lines that stand once on each side, the longest row of them that rises on both."""
    in_new, in_old = _once(new), _once(old)
    pairs = [(place, in_new[line]) for line, place in in_old.items() if line in in_new]
    tails: list[int] = []
    ends: list[int] = []
    previous = [-1] * len(pairs)
    for number, (_, place) in enumerate(pairs):
        at = bisect_left(tails, place)
        previous[number] = ends[at - 1] if at else -1
        tails[at : at + 1], ends[at : at + 1] = [place], [number]
    return _row(pairs, previous, ends[-1] if ends else -1)


def _once(lines: Sequence[_Line]) -> dict[_Line, int]:
    """The lines that stand once, in order, with their places."""
    counts = Counter(lines)
    return {line: place for place, line in enumerate(lines) if counts[line] == 1}


def _row(pairs: Sequence[tuple[int, int]], previous: Sequence[int], last: int) -> list[tuple[int, int]]:
    row: list[tuple[int, int]] = []
    while last >= 0:
        row.append(pairs[last])
        last = previous[last]
    return row[::-1]
