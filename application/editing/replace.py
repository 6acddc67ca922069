"""Putting search/replace blocks into a file's lines."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from application.editing.alignment import Aligner, fresh
from application.editing.choose import chosen, contradiction
from application.editing.elision import elided, pieces
from application.editing.haystack import Haystack, TooMuchWork
from application.editing.in_line import places_in_lines
from application.editing.locate import EXACT, HOW, Place, candidates
from application.editing.nearest import nearest, numbered, quoted
from application.editing.source import Line, read_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from application.editing.answer import SearchReplace
    from application.editing.source import Source

_MAX_EXPLAINED = 10
_MAX_PASSES = 8
_MAX_BLOCKS = 2_000
_MAX_NAMED = 5
_TOO_MUCH = "too many blocks fit too many lines; give the whole file instead"


class Problem(NamedTuple):
    """What is wrong with a block, in words; `nearest` are the lines most like its search text, numbered, or ""."""

    text: str
    nearest: str = ""


@dataclass(slots=True)
class Replaced:
    """A file's bytes with every block in its place, and the least sure way in which one was found; or the problems."""

    content: bytes | None = None
    how: str = EXACT
    problems: list[Problem] = field(default_factory=list)


def replaced(source: Source, blocks: Sequence[SearchReplace], *, ordered: bool = False) -> Replaced:
    """Put every block in its place.

    Each is searched in the file as it was shown, outside of what other blocks replace. Only a block that is nowhere
    there is searched in what the others have made. Lines that a block leaves as they are keep their bytes. `ordered`:
    the blocks stand in the file's order, which tells equal places apart.
    """
    if not any(line.text.strip() for line in source.lines) and len(blocks) == 1 and not blocks[0].search.strip():
        return Replaced(source.with_lines(_new_lines(_split(blocks[0].replace), source.common_end)), EXACT)
    if len(blocks) > _MAX_BLOCKS:
        return Replaced(problems=[Problem(_TOO_MUCH)])
    try:
        return _in_passes(source, blocks, ordered=ordered)
    except TooMuchWork:
        return Replaced(problems=[Problem(_TOO_MUCH)])


def _in_passes(source: Source, blocks: Sequence[SearchReplace], *, ordered: bool) -> Replaced:
    waiting = list(enumerate(blocks, start=1))
    hows = {EXACT}
    first = _Pass(source, waiting, ordered=ordered)
    run = first
    for _ in range(_MAX_PASSES):
        run.place_all()
        hows |= run.hows
        if not run.homeless or not run.placed or run.problems:
            break
        content = source.with_lines(run.assembled())
        source = read_source(content) or source
        run = _Pass(source, run.homeless, ordered=ordered)
    problems = run.problems or first.explained(run.homeless)
    if problems:
        return Replaced(problems=problems)
    return Replaced(source.with_lines(run.assembled()), max(hows, key=HOW.index))


class _Taken:
    """The places that are taken, ordered; they never overlap."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.places: dict[int, Place] = {}

    def add(self, place: Place) -> None:
        insort(self.starts, place.start)
        self.places[place.start] = place

    def is_free(self, place: Place) -> bool:
        at = bisect_left(self.starts, place.start)
        around = self.starts[max(0, at - 1) : at + 1]
        if any(place.overlaps(self.places[start]) for start in around):
            return False
        return not (at < len(self.starts) and self.starts[at] < place.stop)

    def gap(self, place: Place) -> tuple[int, int]:
        """How many taken places lie before a place, and how many in all."""
        return bisect_left(self.starts, place.start), len(self.starts)


class _Pass:
    """One look at the file: every block that has a place in it gets that; the others are homeless."""

    def __init__(self, source: Source, blocks: Sequence[tuple[int, SearchReplace]], *, ordered: bool) -> None:
        self._source = source
        self._blocks = blocks
        self._ordered = ordered
        self._file = Haystack(source.texts)
        self._aligner = Aligner()
        self._taken = _Taken()
        self._by_number: dict[int, Place] = {}
        self._final_newline: bool | None = None
        self.homeless: list[tuple[int, SearchReplace]] = []
        self.problems: list[Problem] = []
        self.hows: set[str] = set()

    @property
    def placed(self) -> int:
        """How many blocks have found their place."""
        return len(self._by_number)

    def place_all(self) -> None:
        """Place what has one place only; then what the others, or hints, tell apart."""
        doubtful: list[tuple[int, SearchReplace]] = []
        for number, block in self._blocks:
            if problem := self._unusable(block):
                self._refuse(number, problem)
            elif not block.search.strip():
                self._append(number, block)
            else:
                self._place(number, block, doubtful)
        for number, block in doubtful:
            self._decide(number, block, [other for _, other in doubtful])

    def _unusable(self, block: SearchReplace) -> str:
        if not block.search.strip() and not block.hint.ends_file and not block.hint.line:
            return "SEARCH is empty; to insert lines, SEARCH for the line before or after and repeat it in REPLACE"
        return ""

    def _append(self, number: int, block: SearchReplace) -> None:
        """Lines without a search text: at the file's end, or before the line that the answer names."""
        total = len(self._file.lines)
        at = total if block.hint.ends_file else block.hint.line - 1
        new = tuple(_split(block.replace))
        if at > total:
            self._refuse(number, f"there is no line {block.hint.line}; the file has {total}")
            return
        self._take(number, block, Place(at, at, (fresh(0, 0, 0, len(new)),), new))

    def _place(self, number: int, block: SearchReplace, doubtful: list[tuple[int, SearchReplace]]) -> None:
        block, found = self._found(block)
        if not found:
            self._place_pieces(number, block)
        elif block.everywhere:
            self._take_each(number, block, found)
        elif len(found) > 1 and (one := chosen(found, block.hint, self._file)) is None:
            doubtful.append((number, block))
        else:
            self._settle(number, block, found[0] if len(found) == 1 else one)

    def _found(self, block: SearchReplace) -> tuple[SearchReplace, list[Place]]:
        """The places of a block, or else of its other reading; with the reading that has them."""
        search, new = _split(block.search), _split(block.replace)
        found = candidates(self._file, search, new, self._aligner, self._taken.is_free)
        if not found and block.in_line:
            self._file.worked(len(self._file.lines))
            texts = block.search.removesuffix("\n"), block.replace.removesuffix("\n")
            found = [place for place in places_in_lines(self._file.lines, *texts) if self._taken.is_free(place)]
        if not found and block.otherwise is not None:
            return self._found(block.otherwise)
        return block, found

    def _place_pieces(self, number: int, block: SearchReplace) -> None:
        """A block with dots between its pieces: each piece has one place, one below the other."""
        places: list[tuple[SearchReplace, Place]] = []
        for piece in pieces(_split(block.search), _split(block.replace)):
            found = candidates(
                self._file, _split(piece.search), _split(piece.replace), self._aligner, self._taken.is_free
            )
            if len(found) != 1 or (places and found[0].start < places[-1][1].stop):
                places = []
                break
            places.append((piece, found[0]))
        if not places:
            self.homeless.append((number, block))
        for piece, place in places:
            self._settle(number, piece, place)

    def _take_each(self, number: int, block: SearchReplace, found: Sequence[Place]) -> None:
        for place in found:
            if self._taken.is_free(place):
                self._settle(number, block, place)

    def _decide(self, number: int, block: SearchReplace, doubtful: Sequence[SearchReplace]) -> None:
        """A block with several places, now that others are taken."""
        block, found = self._found(block)
        equal = sum(other.search == block.search and other.replace == block.replace for other in doubtful)
        fits = [place for place in found if self._keeps_order(number, place)] if self._ordered else found
        one = fits[0] if len(fits) == 1 else chosen(fits, block.hint, self._file) if fits else None
        if one is None and 1 < equal >= len(found) > 0:
            one = found[0]
        if one is not None:
            self._settle(number, block, one)
        elif not found:
            self.homeless.append((number, block))
        else:
            lines = ", ".join(str(place.start + 1) for place in found[:_MAX_NAMED])
            text = f"SEARCH fits in several places (lines {lines}); add neighbouring lines until it fits in one"
            self._refuse(number, text, numbered(self._file.lines, found[0].start, found[0].stop))

    def _keeps_order(self, number: int, place: Place) -> bool:
        before = max((other for other in self._by_number if other < number), default=0)
        after = min((other for other in self._by_number if other > number), default=0)
        return (not before or self._by_number[before].stop <= place.start) and (
            not after or place.stop <= self._by_number[after].start
        )

    def _settle(self, number: int, block: SearchReplace, place: Place | None) -> None:
        if place is None:
            return
        if problem := contradiction(place, block.hint) or (
            place.unclear and f"line {place.start + 1}: {place.unclear}"
        ):
            self._refuse(number, problem, numbered(self._file.lines, place.start, place.stop))
            return
        new = [line for part in place.parts if not part.keeps for line in place.lines[part.j1 : part.j2]]
        search = {line.strip() for line in _split(block.search)}
        if left_out := elided(new, lambda line: line in search or line in self._file.bare.places):
            text = f"{quoted(left_out)} in REPLACE would delete what it stands for; write the lines out"
            self._refuse(number, text)
            return
        self._take(number, block, place)

    def _take(self, number: int, block: SearchReplace, place: Place) -> None:
        self._taken.add(place)
        self._by_number[number] = place
        self.hows.add(place.how)
        if block.final_newline is not None and place.stop == len(self._file.lines):
            self._final_newline = block.final_newline

    def _refuse(self, number: int, text: str, near: str = "") -> None:
        if len(self.problems) < _MAX_EXPLAINED:
            self.problems.append(Problem(f"block {number}: {text}", near))

    def explained(self, homeless: Sequence[tuple[int, SearchReplace]]) -> list[Problem]:
        """What is wrong with blocks that are nowhere, in terms of the file as this pass saw it."""
        found = [self._why_nowhere(number, block) for number, block in homeless[:_MAX_EXPLAINED]]
        if len(homeless) > _MAX_EXPLAINED:
            number = homeless[_MAX_EXPLAINED][0]
            found.append(Problem(f"block {number} does not fit either, and perhaps others; mend these first"))
        return found

    def _why_nowhere(self, number: int, block: SearchReplace) -> Problem:
        search, new = _split(block.search), _split(block.replace)
        for start in self._file.bare.find(search):
            if not self._taken.is_free(Place(start, start + len(search), (), ())):
                text = f"SEARCH overlaps with an earlier block at line {start + 1}; make one block of the two"
                return Problem(f"block {number}: {text}", numbered(self._file.lines, start, start + len(search)))
        done = next(iter(self._file.exact.find(new)), None) if new else None
        if done is not None and any(line.strip() for line in new):
            text = f"SEARCH is not in the file, and line {done + 1} already reads as REPLACE says"
            return Problem(f"block {number}: {text}", numbered(self._file.lines, done, done + len(new)))
        alike = nearest(self._file, search)
        if alike is None:
            first = next((line for line in search if line.strip()), "")
            return Problem(
                f"block {number}: SEARCH is not in the file, nor anything like it (it begins {quoted(first)})"
            )
        reasons = "; ".join(alike.differences) or "the white space differs"
        text = (
            f"SEARCH is not in the file; nearest are lines {alike.first} to {alike.last}: {reasons}. Copy them exactly"
        )
        return Problem(f"block {number}: {text}", numbered(self._file.lines, alike.first - 1, alike.last))

    def assembled(self) -> list[Line]:
        """The file's lines with the blocks in their places."""
        return self._ended(_with(self._source, [self._taken.places[start] for start in self._taken.starts]))

    def _ended(self, lines: list[Line]) -> list[Line]:
        if not lines or self._final_newline is None:
            return lines
        last = lines[-1]
        return [*lines[:-1], Line(last.text, (last.end or self._source.common_end) if self._final_newline else "")]


def _split(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def with_places(source: Source, places: Sequence[Place]) -> bytes:
    """The file's bytes with these places filled; they stand in order and do not overlap."""
    return source.with_lines(_with(source, places))


def _with(source: Source, places: Sequence[Place]) -> list[Line]:
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
            yield from _new_lines(place.lines[part.j1 : part.j2], end)


def _new_lines(texts: Sequence[str], end: str) -> list[Line]:
    return [Line(text, end) for text in texts]
