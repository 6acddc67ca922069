"""Putting search/replace blocks into a file's lines."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from application.editing.locate import Ambiguous, Haystack, Place, locate
from application.editing.nearest import nearest, quoted
from application.editing.source import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from application.editing.answer import SearchReplace
    from application.editing.locate import Nowhere
    from application.editing.source import Source

_MAX_EXPLAINED = 10
_MAX_ALIGNED = 40_000


def replaced(source: Source, blocks: Sequence[SearchReplace]) -> tuple[bytes | None, list[str]]:
    """The file's bytes with every block in its place, or what is wrong with the blocks.

    Each block is searched in the file as it was shown, outside of what earlier blocks replace: no block sees
    another's result. Lines that a block leaves as they are keep their bytes.
    """
    if not any(line.text.strip() for line in source.lines) and len(blocks) == 1 and not blocks[0].search.strip():
        return source.with_lines(_new_lines(_split(blocks[0].replace), source.common_end)), []
    file = Haystack(source.texts)
    places: list[Place] = []
    problems: list[str] = []
    for number, block in enumerate(blocks, start=1):
        found = _find(file, block, places)
        if isinstance(found, Place):
            places.append(found)
        elif len(problems) == _MAX_EXPLAINED:
            problems.append(f"block {number} does not fit either, and perhaps others; mend these first")
            break
        else:
            problems.append(f"block {number}: {_explained(found, file, block, places)}")
    if problems:
        return None, problems
    return source.with_lines(_assembled(source, places)), []


def _split(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _find(file: Haystack, block: SearchReplace, places: Sequence[Place]) -> Place | Ambiguous | Nowhere | str:
    if not block.search.strip():
        return "SEARCH is empty; to insert lines, SEARCH for the line before or after and repeat it in REPLACE"
    found = locate(file, _split(block.search), _split(block.replace), places)
    if isinstance(found, Place) and any(found.shift.moved(line) is None for line in found.replace):
        return (
            f"a line of REPLACE is indented too little for line {found.start + 1}; give both texts the file's indents"
        )
    return found


def _explained(found: Ambiguous | Nowhere | str, file: Haystack, block: SearchReplace, places: Sequence[Place]) -> str:
    if isinstance(found, str):
        return found
    if isinstance(found, Ambiguous):
        lines = ", ".join(str(line) for line in found.lines)
        return f"SEARCH fits in several places (lines {lines}); add neighbouring lines until it fits in one"
    return _why_nowhere(file, _split(block.search), _split(block.replace), places)


def _why_nowhere(file: Haystack, search: Sequence[str], new: Sequence[str], places: Sequence[Place]) -> str:
    for start in file.bare.find(search):
        if any(place.overlaps(start, start + len(search)) for place in places):
            return f"SEARCH overlaps with an earlier block at line {start + 1}; make one block of the two"
    done = next(file.exact.find(new), None) if new else None
    if done is not None and any(line.strip() for line in new):
        return f"SEARCH is not in the file, and line {done + 1} already reads as REPLACE says"
    alike = nearest(file.lines, search)
    if alike is None:
        return f"SEARCH is not in the file, nor anything like it (it begins {quoted(_first_filled(search))})"
    reasons = "; ".join(alike.differences) or "the white space differs"
    return f"SEARCH is not in the file; nearest are lines {alike.first} to {alike.last}: {reasons}. Copy them exactly"


def _first_filled(lines: Sequence[str]) -> str:
    return next((line for line in lines if line.strip()), "")


def _assembled(source: Source, places: Sequence[Place]) -> list[Line]:
    lines: list[Line] = []
    position = 0
    for place in sorted(places, key=lambda place: place.start):
        lines += source.lines[position : place.start]
        lines += _replacement(source, place)
        position = place.stop
    return lines + list(source.lines[position:])


def _replacement(source: Source, place: Place) -> list[Line]:
    """The lines that come in a place; those that stay are the file's own."""
    old = source.lines[place.start : place.stop]
    end = old[0].end or source.common_end
    lines: list[Line] = []
    for keeps, start, stop in _aligned(place.search, place.replace):
        if keeps:
            lines += old[start:stop]
        else:
            lines += _new_lines([place.shift.moved(line) or "" for line in place.replace[start:stop]], end)
    ends_file = place.stop == len(source.lines) and not old[-1].end
    return [*lines[:-1], Line(lines[-1].text, "")] if lines and ends_file else lines


def _new_lines(texts: Sequence[str], end: str) -> list[Line]:
    return [Line(text, end) for text in texts]


def _aligned(search: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, int, int]]:
    """The parts of the replacement in order: kept lines as a range of `search`, new ones as a range of `new`."""
    top = _common(search, new)
    rest = min(len(search), len(new)) - top
    bottom = min(rest, _common(search[::-1], new[::-1]))
    yield True, 0, top
    middle = search[top : len(search) - bottom], new[top : len(new) - bottom]
    if len(middle[0]) * len(middle[1]) > _MAX_ALIGNED:
        yield False, top, len(new) - bottom
    else:
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, *middle, autojunk=False).get_opcodes():
            yield (True, top + i1, top + i2) if tag == "equal" else (False, top + j1, top + j2)
    yield True, len(search) - bottom, len(search)


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """How many lines two texts share at their beginning."""
    pairs = zip(first, second, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(first), len(second)))
