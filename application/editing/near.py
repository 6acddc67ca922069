"""A place that is almost what a search text says: a few of its lines are misquoted, all others stand there.

Taken only where it is one place by far, and where the misquoted lines are merely context: these stay as they are.
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.editing.alignment import Part
    from application.editing.haystack import Haystack

_FEWEST_LINES = 5
_LINES_A_MISQUOTED = 5
_MIN_RATIO = 0.6
_MAX_LINE = 400
_COMMON_LINE = 50
_VOTERS = 1_000


def near_place(file: Haystack, search: Sequence[str], parts: Sequence[Part]) -> int | None:
    """Where the lines of `search` almost stand; None where that is nowhere, or not beyond doubt."""
    filled = [number for number, line in enumerate(search) if line.strip()]
    if len(filled) < _FEWEST_LINES:
        return None
    keys = file.bare
    votes: Counter[int] = Counter()
    for number in filled[:: len(filled) // _VOTERS + 1]:
        places = keys.places.get(keys.key(search[number]), ())
        if 0 < len(places) <= _COMMON_LINE:
            votes.update(place - number for place in places)
        file.worked(min(len(places), _COMMON_LINE) + 1)
    best = [start for start, _ in votes.most_common(2)]
    if not best or not 0 <= best[0] <= len(file.lines) - len(search):
        return None
    allowed = max(1, len(filled) // _LINES_A_MISQUOTED)
    others = votes[best[1]] if len(best) > 1 else 0
    if 2 * others > votes[best[0]]:
        return None
    return best[0] if _fits(file, search, parts, best[0], allowed) else None


def _fits(file: Haystack, search: Sequence[str], parts: Sequence[Part], start: int, allowed: int) -> bool:
    kept = {number for part in parts if part.keeps for number in range(part.i1, part.i2)}
    wrong = [n for n, line in enumerate(search) if file.bare.key(line) != file.bare.keys[start + n]]
    if len(wrong) > allowed or not kept.issuperset(wrong):
        return False
    return all(_alike(search[number].strip(), file.bare.keys[start + number]) for number in wrong)


def _alike(first: str, second: str) -> bool:
    if not first or not second or max(len(first), len(second)) > _MAX_LINE:
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _MIN_RATIO
