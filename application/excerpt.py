"""The parts of a file that an issue is most likely about, where the whole file is too long."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.issue_terms import terms_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

LINES_BEFORE = 8
LINES_AFTER = 16
HEAD_LINES = 12
"""How much stands around a matching line, and at the head of the file, where it says what it imports."""

SMALL_GAP = 3
_MAX_WINDOWS = 60


@dataclass(frozen=True, slots=True)
class Part:
    """Lines `first` to `last` of a file, counted from 1 and both included; `text` has their line ends as they are."""

    first: int
    last: int
    text: str


def lines_of(text: str) -> list[str]:
    """The lines with their ends; only a line feed ends a line, as in git and in an editor."""
    pieces = text.split("\n")
    lines = [f"{piece}\n" for piece in pieces[:-1]]
    return [*lines, pieces[-1]] if pieces[-1] else lines


def excerpt(text: str, weights: Mapping[str, float], fits: Callable[[tuple[Part, ...]], bool]) -> tuple[Part, ...]:
    """The best parts that `fits` accepts together, in order and apart; none where not even one is accepted.

    `weights`: the issue's terms. A file without any of them is shown from its head on.
    """
    lines = lines_of(text)
    chosen: frozenset[int] = frozenset()
    for window in _windows(lines, weights):
        # What a file imports helps to read the rest of it, and is nothing by itself.
        with_head = () if chosen else (_joined(chosen.union(window, range(min(HEAD_LINES, len(lines))))),)
        choices = (*with_head, _joined(chosen.union(window)))
        chosen = next((choice for choice in choices if fits(_parts(lines, choice))), chosen)
    return _parts(lines, chosen)


def _windows(lines: Sequence[str], weights: Mapping[str, float]) -> Iterator[range]:
    """What to show, the best first."""
    centres = _best_centres(_line_scores(lines, weights))
    if centres:
        yield from (_around(centre, len(lines)) for centre in centres)
    else:
        yield from _head_pieces(len(lines))


def _head_pieces(total: int) -> Iterator[range]:
    """The file from its head on, in growing pieces."""
    length = HEAD_LINES
    while length // 2 < total:
        yield range(min(length, total))
        length *= 2


def _around(centre: int, total: int) -> range:
    return range(max(0, centre - LINES_BEFORE), min(total, centre + LINES_AFTER + 1))


def _line_scores(lines: Sequence[str], weights: Mapping[str, float]) -> list[float]:
    """For each line the weights of its terms; what stands in many lines of the file counts less."""
    found = [sorted(weights.keys() & set(terms_in(line))) for line in lines]
    frequency = Counter(itertools.chain.from_iterable(found))
    return [sum(weights[term] * math.log(1 + len(lines) / frequency[term]) for term in terms) for terms in found]


def _best_centres(scores: Sequence[float]) -> list[int]:
    """The matching lines with the most around them, no two so near that one window would show both."""
    sums = [0.0, *itertools.accumulate(scores)]
    around = {
        line: sums[min(len(scores), line + LINES_AFTER + 1)] - sums[max(0, line - LINES_BEFORE)]
        for line, score in enumerate(scores)
        if score > 0
    }
    centres: list[int] = []
    taken: set[int] = set()
    for line in sorted(around, key=lambda line: (-around[line], line)):
        if line not in taken and len(centres) < _MAX_WINDOWS:
            centres.append(line)
            taken.update(_around(line, len(scores)))
    return centres


def _joined(chosen: frozenset[int]) -> frozenset[int]:
    """The lines, and those in gaps so small that to say what is missing would take as much room."""
    ordered = sorted(chosen)
    gaps = ((before, after) for before, after in itertools.pairwise(ordered) if after - before <= SMALL_GAP + 1)
    return chosen.union(*(range(before, after) for before, after in gaps))


def _parts(lines: Sequence[str], chosen: frozenset[int]) -> tuple[Part, ...]:
    """Runs of neighbouring lines, one part each."""
    runs = itertools.groupby(enumerate(sorted(chosen)), key=lambda pair: pair[1] - pair[0])
    parts = []
    for _, run in runs:
        places = [place for _, place in run]
        parts.append(Part(places[0] + 1, places[-1] + 1, "".join(lines[place] for place in places)))
    return tuple(parts)
