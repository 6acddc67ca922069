"""A replacement that brings again what stands beside its place: its search text was cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.editing.locate import Place

_TELLING = 10
"""So many characters make a single line no mere bracket or keyword, which may well stand twice."""


def doubled_below(place: Place, lines: Sequence[str]) -> int:
    """How many new lines at the end stand right below the place as well; 0 where they are too few to tell."""
    last = place.parts[-1] if place.parts else None
    if last is None or last.keeps or place.start == place.stop:
        return 0
    new = place.lines[last.j1 : last.j2]
    below = lines[place.stop : place.stop + len(new)]
    sizes = range(min(len(new), len(below)), 0, -1)
    return next((size for size in sizes if new[-size:] == tuple(below[:size]) and _is_telling(below[:size])), 0)


def doubled_above(place: Place, lines: Sequence[str]) -> int:
    """The same for the new lines at the beginning, and the lines right above the place."""
    first = place.parts[0] if place.parts else None
    if first is None or first.keeps or place.start == place.stop:
        return 0
    new = place.lines[first.j1 : first.j2]
    above = lines[max(0, place.start - len(new)) : place.start]
    sizes = range(min(len(new), len(above)), 0, -1)
    return next((size for size in sizes if new[:size] == tuple(above[-size:]) and _is_telling(above[-size:])), 0)


def _is_telling(lines: Sequence[str]) -> bool:
    filled = [line for line in lines if line.strip()]
    return len(filled) > 1 or any(len(line.strip()) >= _TELLING for line in filled)
