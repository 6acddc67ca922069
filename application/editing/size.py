"""How large a change is, in lines."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from application.editing.unique_lines import rising_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

_SMALL = 10_000
_MAX_DEPTH = 20

_Stretch = tuple["Sequence[bytes]", "Sequence[bytes]", int]


def changed_lines(before: bytes | None, after: bytes | None) -> int:
    """Lines added plus lines removed, None standing for no file; about what a diff shows, never less than needed.

    Time grows with the number of lines, not with its square: lines that both sides hold once are lined up first.
    """
    changed = 0
    stretches: list[_Stretch] = [(_lines(before), _lines(after), 0)]
    while stretches:
        whole_old, whole_new, depth = stretches.pop()
        old, new = _without_common_edges(whole_old, whole_new)
        if not old or not new:
            changed += len(old) + len(new)
        elif len(old) * len(new) <= _SMALL:
            changed += _exactly(old, new)
        elif depth < _MAX_DEPTH and (anchors := rising_pairs(old, new)):
            stretches += [(*pair, depth + 1) for pair in _between(old, new, anchors)]
        else:
            changed += len(old) + len(new)
    return changed


def _lines(content: bytes | None) -> list[bytes]:
    if not content:
        return []
    lines = content.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])


def _without_common_edges(old: Sequence[bytes], new: Sequence[bytes]) -> tuple[Sequence[bytes], Sequence[bytes]]:
    shortest = min(len(old), len(new))
    top = next((number for number in range(shortest) if old[number] != new[number]), shortest)
    rest = shortest - top
    bottom = next((number for number in range(rest) if old[-1 - number] != new[-1 - number]), rest)
    return old[top : len(old) - bottom], new[top : len(new) - bottom]


def _exactly(old: Sequence[bytes], new: Sequence[bytes]) -> int:
    same = sum(block.size for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks())
    return len(old) + len(new) - 2 * same


def _between(
    old: Sequence[bytes], new: Sequence[bytes], anchors: Sequence[tuple[int, int]]
) -> list[tuple[Sequence[bytes], Sequence[bytes]]]:
    """The stretches between neighbouring anchors, and before the first and after the last."""
    starts = [(0, 0), *((first + 1, second + 1) for first, second in anchors)]
    stops = [*anchors, (len(old), len(new))]
    return [(old[a:c], new[b:d]) for (a, b), (c, d) in zip(starts, stops, strict=True) if a < c or b < d]
