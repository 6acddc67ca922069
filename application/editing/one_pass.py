"""Giving the blocks of an answer their places in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.editing.alignment import Aligner, fresh
from application.editing.assemble import split_lines, with_places
from application.editing.choose import chosen, contradiction
from application.editing.elision import elided, pieces
from application.editing.explain import Problem, why_nowhere
from application.editing.haystack import Haystack
from application.editing.in_line import places_in_lines
from application.editing.locate import Place, candidates
from application.editing.nearest import numbered, quoted
from application.editing.second_look import SecondLook
from application.editing.source import Line
from application.editing.taken import Taken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.editing.answer import SearchReplace
    from application.editing.source import Source

_MAX_EXPLAINED = 10
_MAX_NAMED = 5


class Pass:
    """One look at the file: every block that has a place in it gets that; the others are homeless."""

    def __init__(
        self, source: Source, blocks: Sequence[tuple[int, SearchReplace]], *, ordered: bool, is_prose: bool
    ) -> None:
        self._source = source
        self._blocks = blocks
        self._ordered = ordered
        self._file = Haystack(source.texts, is_prose=is_prose)
        self._aligner = Aligner()
        self._taken = Taken()
        self._by_number: dict[int, Place] = {}
        self._settled: list[tuple[int, Place]] = []
        self._final_newline: bool | None = None
        self.homeless: list[tuple[int, SearchReplace]] = []
        self.problems: list[Problem] = []
        self.hows: set[str] = set()

    @property
    def placed(self) -> list[SearchReplace]:
        """The blocks that have found their place."""
        return [block for number, block in self._blocks if number in self._by_number]

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
        self._look_again()

    def _look_again(self) -> None:
        look = SecondLook(self._file, self._taken)
        for number, place in self._settled:
            if problem := look.problem(place):
                around = slice(max(0, place.start - 1), place.stop + 1)
                self._refuse(number, problem, numbered(self._file.lines, around.start, around.stop))

    def _unusable(self, block: SearchReplace) -> str:
        if not block.search.strip() and not block.hint.ends_file and not block.hint.line:
            return "SEARCH is empty; to insert lines, SEARCH for the line before or after and repeat it in REPLACE"
        return ""

    def _append(self, number: int, block: SearchReplace) -> None:
        """Lines without a search text: at the file's end, or before the line that the answer names."""
        total = len(self._file.lines)
        at = total if block.hint.ends_file else block.hint.line - 1
        new = tuple(split_lines(block.replace))
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
        search, new = split_lines(block.search), split_lines(block.replace)
        found = candidates(self._file, search, new, self._aligner, self._taken.is_free)
        if not found and block.in_line:
            self._file.worked(len(self._file.lines))
            texts = block.search.removesuffix("\n"), block.replace.removesuffix("\n")
            found = [place for place in places_in_lines(self._file.lines, *texts) if self._taken.is_free(place)]
        if not found and block.otherwise is not None and block.otherwise.search.strip():
            return self._found(block.otherwise)
        return block, found

    def _place_pieces(self, number: int, block: SearchReplace) -> None:
        """A block with dots between its pieces: each piece has one place, one below the other."""
        places: list[tuple[SearchReplace, Place]] = []
        for piece in pieces(split_lines(block.search), split_lines(block.replace)):
            found = candidates(
                self._file, split_lines(piece.search), split_lines(piece.replace), self._aligner, self._taken.is_free
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
        search = {line.strip() for line in split_lines(block.search)}
        if left_out := elided(new, lambda line: line in search or line in self._file.bare.places):
            text = f"{quoted(left_out)} in REPLACE would delete what it stands for; write the lines out"
            self._refuse(number, text)
            return
        self._settled.append((number, place))
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
        found = [why_nowhere(self._file, self._taken, number, block) for number, block in homeless[:_MAX_EXPLAINED]]
        if len(homeless) > _MAX_EXPLAINED:
            number = homeless[_MAX_EXPLAINED][0]
            found.append(Problem(f"block {number} does not fit either, and perhaps others; mend these first"))
        return found

    def assembled(self) -> list[Line]:
        """The file's lines with the blocks in their places."""
        return self._ended(with_places(self._source, self._taken.in_order()))

    def _ended(self, lines: list[Line]) -> list[Line]:
        if not lines or self._final_newline is None:
            return lines
        last = lines[-1]
        return [*lines[:-1], Line(last.text, (last.end or self._source.common_end) if self._final_newline else "")]
