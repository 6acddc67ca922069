"""A replacement that brings again what stands beside its place: its search text was cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.editing.alignment import made_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.editing.locate import Place

_TELLING = 10
"""So many characters make a single line no mere bracket or keyword, which may well stand twice."""


def doubled_below(place: Place, lines: Sequence[str]) -> int:
    """How many lines at the end, the last of them new, stand right below the place as well; 0 where too few to tell."""
    if not place.parts or place.parts[-1].keeps or place.start == place.stop:
        return 0
    made = made_of(place.parts, lines[place.start : place.stop], place.lines)
    below = lines[place.stop : place.stop + len(made)]
    sizes = range(min(len(made), len(below)), 0, -1)
    return next((size for size in sizes if made[-size:] == below[:size] and _is_telling(below[:size])), 0)


def doubled_above(place: Place, lines: Sequence[str]) -> int:
    """The same for the lines at the beginning, the first of them new, and those right above the place."""
    if not place.parts or place.parts[0].keeps or place.start == place.stop:
        return 0
    made = made_of(place.parts, lines[place.start : place.stop], place.lines)
    above = lines[max(0, place.start - len(made)) : place.start]
    sizes = range(min(len(made), len(above)), 0, -1)
    return next((size for size in sizes if made[:size] == above[-size:] and _is_telling(above[-size:])), 0)


def _is_telling(lines: Sequence[str]) -> bool:
    filled = [line for line in lines if line.strip()]
    return len(filled) > 1 or any(len(line.strip()) >= _TELLING for line in filled)
