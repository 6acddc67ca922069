"""Finding the places in a file that a search text may mean: whole lines only.

The ladder: as it is written; white space at line ends aside; at another indentation; without the file's blank lines;
any white space and typographic quotes aside; a few misquoted lines of context. Each is tried again without the blank
lines at the search text's edges. The first rung with a match decides; two matches on it are two places, and no lower
rung chooses between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from application.editing.alignment import fresh, made_of
from application.editing.blank_lines import Spread
from application.editing.haystack import TooMuchWork
from application.editing.indentation import is_uneven
from application.editing.near import near_place
from application.editing.nearest import quoted
from application.editing.noise import without_noise, without_trailing
from application.editing.reindent import Block, Unclear, reindented
from application.editing.steps import strange_step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from application.editing.alignment import Aligner, Part
    from application.editing.haystack import Haystack, Keys

_MAX_LINES = 300_000
"""Of all the places of one text together."""
EXACT = "exact"
HOW = (EXACT, "line ends", "indentation", "blank lines", "white space", "near match", "within a line")
"""How a block was found, the surest first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block belongs: `start` to before `stop`, lines counted from 0.

    `parts` says which of the file's lines stay, by their number after `start`, and which of `lines` are new. `how` is
    the rung; `unclear` says why the block cannot go there all the same. `uneven`: the search text is not merely moved
    by whole levels from where the file has it.
    """

    start: int
    stop: int
    parts: tuple[Part, ...]
    lines: tuple[str, ...]
    how: str = EXACT
    unclear: str = ""
    uneven: bool = False

    def overlaps(self, other: Place) -> bool:
        """Whether the place shares a line with another, or is the very same point between two lines."""
        if self.start == self.stop or other.start == other.stop:
            return self.start == other.start and self.stop == other.stop
        return self.start < other.stop and other.start < self.stop


class _Text(NamedTuple):
    """A block's lines, as they are or without blank lines at the edges."""

    search: Sequence[str]
    replace: Sequence[str]
    parts: tuple[Part, ...]


def candidates(
    file: Haystack, search: Sequence[str], replace: Sequence[str], aligner: Aligner, free: Callable[[Place], bool]
) -> list[Place]:
    """The places that a block may mean, of those that are `free`; `search` holds a line that is not blank.

    Raises `TooMuchWork`.
    """
    spellings = _spellings(search, replace, aligner)
    for rungs in ((EXACT, "line ends", "indentation"), ("blank lines", "white space", "near match")):
        for text in spellings:
            for how in rungs:
                found = [place for place in _on_rung(file, text, how) if free(place)]
                if found:
                    return found
    return []


def _spellings(search: Sequence[str], replace: Sequence[str], aligner: Aligner) -> list[_Text]:
    texts = [(search, replace)]
    top, bottom = _blank_edges(search)
    if top or bottom:
        new_top, new_bottom = _blank_edges(replace)
        stop = len(replace) - min(bottom, new_bottom)
        texts.append((search[top : len(search) - bottom], replace[min(top, new_top) : stop]))
    return [_Text(old, new, tuple(aligner.parts(old, new))) for old, new in texts]


def _blank_edges(lines: Sequence[str]) -> tuple[int, int]:
    """How many blank lines there are at the beginning and, unless all are blank, at the end."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return (filled[0], len(lines) - 1 - filled[-1]) if filled else (len(lines), 0)


def _on_rung(file: Haystack, text: _Text, how: str) -> list[Place]:
    if how == "blank lines":
        return _among_blank_lines(file, text)
    if how == "near match":
        start = near_place(file, text.search, text.parts)
        starts = [] if start is None else [start]
    else:
        starts = _keys(file, how).find(text.search)
    if len(starts) > 1 and len(starts) * len(text.search) > _MAX_LINES:
        raise TooMuchWork
    file.worked(len(starts) * len(text.search))
    places = (_place(file, text, start, how) for start in starts)
    return [place for place in places if place is not None]


def _keys(file: Haystack, how: str) -> Keys:
    if how == EXACT:
        return file.exact
    if how == "line ends":
        return file.without_line_ends
    return file.bare if how == "indentation" else file.loose


def _place(file: Haystack, text: _Text, start: int, how: str) -> Place | None:
    """The place there; a block of two equal texts can only ask for other white space than the file's."""
    stop = start + len(text.search)
    there = file.lines[start:stop]
    if how in {EXACT, "line ends"}:
        if _has_foreign_tabs(file, text):
            why = "the new lines are indented by tabs, and the file is by blanks; indent them as the file is"
            return Place(start, stop, text.parts, (), how, unclear=why)
        parts = text.parts if text.search != text.replace else (fresh(0, len(text.search), 0, len(text.replace)),)
        new = without_trailing(text.search, there, text.replace)
        return Place(start, stop, parts, tuple(new), how, unclear=_strange(file, text))
    try:
        new = without_noise(text.search, there, text.replace, text.parts)
        lines = reindented(Block(text.search, there, new, text.parts, file.unit))
    except Unclear as unclear:
        return Place(start, stop, text.parts, (), how, unclear=f"{unclear}; give both texts the file's indents")
    if lines is None:
        return None
    made = made_of(text.parts, there, lines)
    uneven = is_uneven(text.search, there, file.unit)
    return Place(start, stop, text.parts, tuple(lines), how, _strange_line(made, there, file.unit), uneven)


def _strange(file: Haystack, text: _Text) -> str:
    """Why the new lines cannot be as deep as they should be, where no line of the search text shows their depth."""
    if any(line[:1] in {" ", "\t"} and line.strip() for line in text.search):
        return ""
    return _strange_line(text.replace, text.search, file.unit)


def _strange_line(new: Sequence[str], old: Sequence[str], unit: int) -> str:
    line = strange_step(new, unit)
    if not line or line == strange_step(old, unit):
        return ""
    return f"{quoted(line)} in REPLACE, or what is in it, is not indented by levels of {unit} blanks, as the file is"


def _has_foreign_tabs(file: Haystack, text: _Text) -> bool:
    """Whether new lines are indented by tabs alone in a file that is indented by blanks, with no line to go by."""
    indented = [line for line in text.replace if line[:1] in {" ", "\t"} and line.strip()]
    if not indented or not all(line.startswith("\t") for line in indented):
        return False
    return not any(line[:1] in {" ", "\t"} and line.strip() for line in text.search) and file.is_blank_indented


def _among_blank_lines(file: Haystack, text: _Text) -> list[Place]:
    """The places of a text that has lost all its blank lines; those of the file stay."""
    if len(text.search) == 1 or not all(line.strip() for line in (*text.search, *text.replace)):
        return []
    found = (_spread(file, text, start) for start in file.without_blank_lines.find(text.search))
    return [place for place in found if place is not None]


def _spread(file: Haystack, text: _Text, start: int) -> Place | None:
    numbers = file.filled[start : start + len(text.search)]
    try:
        place = [file.lines[number] for number in numbers]
        lines = reindented(Block(text.search, place, text.replace, text.parts, file.unit))
    except Unclear as unclear:
        return Place(numbers[0], numbers[-1] + 1, (), (), "blank lines", f"{unclear}; give both texts the file's lines")
    if lines is None:
        return None
    spread = Spread(text.search, text.replace, text.parts, [number - numbers[0] for number in numbers])
    doubt = spread.doubt(prose=file.is_prose)
    why = f"{doubt}; copy the lines with the blank ones" if doubt else ""
    uneven = is_uneven(text.search, place, file.unit)
    return Place(numbers[0], numbers[-1] + 1, tuple(spread.with_gaps()), tuple(lines), "blank lines", why, uneven)
