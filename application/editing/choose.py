"""Which of several places a block means, where something besides its text says so beyond doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.editing.answer import Hint
    from application.editing.haystack import Haystack
    from application.editing.locate import Place

_SLACK = 10
"""How many lines a binding line number may be off; Roo Code's own is 5 in its tests and 40 in use."""
_NEAR = 2


def chosen(found: Sequence[Place], hint: Hint, file: Haystack) -> Place | None:
    """The place that the hint singles out."""
    if hint.ends_file:
        found = [place for place in found if place.stop == len(file.lines)] or found
    if len(found) > 1 and hint.after:
        found = _after(found, hint.after, file)
    if len(found) > 1 and hint.line:
        found = _at_line(found, hint)
    return found[0] if len(found) == 1 else None


def contradiction(place: Place, hint: Hint) -> str:
    """Why the only place is not the one that is meant, where the answer insists on a line; or ""."""
    if hint.binding and abs(place.start + 1 - hint.line) > _SLACK:
        return f"SEARCH stands at line {place.start + 1}, not at line {hint.line}; give the right number, or none"
    return ""


def _after(found: Sequence[Place], anchors: Sequence[str], file: Haystack) -> Sequence[Place]:
    """The first place below lines that stand once each, one below the other."""
    line = -1
    for anchor in anchors:
        below = [number for number in _standing(anchor, file) if number > line]
        if len(below) != 1:
            return found
        line = below[0]
    return [place for place in found if place.start >= line][:1] or found


def _standing(anchor: str, file: Haystack) -> Sequence[int]:
    exact = file.bare.places.get(anchor.strip())
    if exact:
        return exact
    file.worked(len(file.lines))
    return [number for number, line in enumerate(file.bare.keys) if line.startswith(anchor.strip())]


def _at_line(found: Sequence[Place], hint: Hint) -> Sequence[Place]:
    """The place at that very line; for a binding number also the nearest, where it is much nearer than any other."""
    off = sorted((abs(place.start + 1 - hint.line), number) for number, place in enumerate(found))
    least, second = off[0], off[1]
    if least[0] == 0 or (hint.binding and least[0] <= _NEAR and second[0] >= least[0] + _NEAR):
        return [found[least[1]]]
    return found
