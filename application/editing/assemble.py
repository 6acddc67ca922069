"""Putting a file together again: its own lines where they stay, the answer's where they are new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.editing.source import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from application.editing.locate import Place
    from application.editing.source import Source


def split_lines(text: str) -> list[str]:
    """The lines of a block's text, which all end with a line feed."""
    return text.removesuffix("\n").split("\n") if text else []


def written_lines(texts: Sequence[str], end: str) -> list[Line]:
    """Lines of an answer, each with this end."""
    return [Line(text, end) for text in texts]


def with_places(source: Source, places: Sequence[Place]) -> list[Line]:
    """The file's lines with these places filled; they stand in order and do not overlap."""
    lines: list[Line] = []
    position = 0
    for place in places:
        lines += source.lines[position : place.start]
        lines += _replacement(source, place)
        position = place.stop
    return [*lines, *source.lines[position:]]


def _replacement(source: Source, place: Place) -> list[Line]:
    """The lines that come in a place; those that stay are the file's own."""
    old = source.lines[place.start : place.stop]
    end = (old[0].end if old else "") or source.common_end
    lines = list(_parts(old, place, end))
    ends_file = bool(source.lines) and place.stop == len(source.lines) and not source.lines[-1].end
    return [*lines[:-1], Line(lines[-1].text, "")] if lines and ends_file else lines


def _parts(old: Sequence[Line], place: Place, end: str) -> Iterator[Line]:
    for part in place.parts:
        if part.keeps:
            yield from old[part.i1 : part.i2]
        else:
            yield from written_lines(place.lines[part.j1 : part.j2], end)
