"""What an answer has put into every line that it quotes, and so into its new lines as well.

The evidence is the search text beside the file's lines that it stands for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from application.editing.reindent import Unclear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.editing.alignment import Part

_FAMILIES = ({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'}, {"\u00a0": " "}, {"\u2011": "-"})
_WIDE = re.compile(r"(?<=\S)(?:\s{2,}|\t)(?=\S)")


def without_noise(search: Sequence[str], place: Sequence[str], new: Sequence[str], parts: Sequence[Part]) -> list[str]:
    """The new lines without what the search text has and its place has not: blanks at line ends, typography.

    Raises `Unclear` where white space within the lines is not the file's, and it cannot be known what the new ones
    should have.
    """
    pairs = [(old, line) for old, line in zip(search, place, strict=True) if old != line]
    new = without_trailing(search, place, new)
    table = _table(pairs)
    if table:
        new = [line.translate(table) for line in new]
        pairs = [(old.translate(table), line) for old, line in pairs]
    fresh = [line for part in parts if not part.keeps for line in new[part.j1 : part.j2]]
    if any(len(_widths(old)) > len(_widths(line)) for old, line in pairs) and any(map(_widths, fresh)):
        message = "the lines of SEARCH have wider gaps than the file's, and so may those of REPLACE"
        raise Unclear(message)
    replaced = [n for part in parts if not part.keeps and part.j1 < part.j2 for n in range(part.i1, part.i2)]
    if any(_widths(place[n]) and not _widths(search[n]) for n in replaced) and not any(map(_widths, fresh)):
        message = "a line that is replaced has wider gaps in the file than in SEARCH"
        raise Unclear(message)
    return list(new)


def without_trailing(search: Sequence[str], place: Sequence[str], new: Sequence[str]) -> Sequence[str]:
    """The new lines without white space at their ends, where the search text has such and the file there has not."""
    if any(line != line.rstrip() for line in search) and not any(line != line.rstrip() for line in place):
        return [line.rstrip() for line in new]
    return new


def _table(pairs: Sequence[tuple[str, str]]) -> dict[int, str]:
    """How to write the characters that the search text has where the file has plain ones."""
    table: dict[int, str] = {}
    for family in _FAMILIES:
        foreign = any(not family.keys().isdisjoint(old) and family.keys().isdisjoint(line) for old, line in pairs)
        if foreign and all(family.keys().isdisjoint(line) for _, line in pairs):
            table |= str.maketrans(family)
    return table


def _widths(line: str) -> list[str]:
    return _WIDE.findall(line.strip())
