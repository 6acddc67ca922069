"""Which lines of a replacement are the search text's own, and which are new."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from application.editing.unique_lines import rising_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MAX_CELLS = 10_000
_MAX_CELLS_TOGETHER = 2_000_000


class Part(NamedTuple):
    """A part of a replacement, in order: kept lines are `search[i1:i2]`, new ones `replace[j1:j2]` in their place."""

    keeps: bool
    i1: int
    i2: int
    j1: int
    j2: int


def kept(i1: int, i2: int, j1: int, j2: int) -> Part:
    """Lines that stay."""
    return Part(keeps=True, i1=i1, i2=i2, j1=j1, j2=j2)


def fresh(i1: int, i2: int, j1: int, j2: int) -> Part:
    """Lines that come in place of others."""
    return Part(keeps=False, i1=i1, i2=i2, j1=j1, j2=j2)


def made_of(parts: Sequence[Part], old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The lines that come of it: those that stay are the old ones."""
    made: list[str] = []
    for part in parts:
        made += old[part.i1 : part.i2] if part.keeps else new[part.j1 : part.j2]
    return made


class Aligner:
    """Aligns the blocks of one file; after much work it takes long texts apart at their unique lines only."""

    def __init__(self) -> None:
        self._left = _MAX_CELLS_TOGETHER

    def parts(self, search: Sequence[str], new: Sequence[str]) -> list[Part]:
        """The parts of a replacement, kept and new ones."""
        top = _common(search, new)
        rest = min(len(search), len(new)) - top
        bottom = min(rest, _common(search[::-1], new[::-1]))
        middle = self._middle(search[top : len(search) - bottom], new[top : len(new) - bottom])
        parts = [
            kept(0, top, 0, top),
            *(Part(keeps, top + i1, top + i2, top + j1, top + j2) for keeps, i1, i2, j1, j2 in middle),
            kept(len(search) - bottom, len(search), len(new) - bottom, len(new)),
        ]
        return [part for part in parts if part.i1 < part.i2 or part.j1 < part.j2]

    def _middle(self, search: Sequence[str], new: Sequence[str]) -> Iterator[Part]:
        cells = len(search) * len(new)
        if cells <= _MAX_CELLS and cells <= self._left:
            self._left -= cells
            for tag, i1, i2, j1, j2 in SequenceMatcher(None, search, new, autojunk=False).get_opcodes():
                yield Part(tag == "equal", i1, i2, j1, j2)
            return
        last = (0, 0)
        for i, j in [*rising_pairs(search, new), (len(search), len(new))]:
            yield fresh(last[0], i, last[1], j)
            if i < len(search):
                yield kept(i, i + 1, j, j + 1)
            last = (i + 1, j + 1)


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """How many lines two texts share at their beginning."""
    pairs = zip(first, second, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(first), len(second)))
