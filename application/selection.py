"""As much of the best files as there is room for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from application.passages import lines_of
from application.ports.code_structure import DefinitionKind
from application.shown_file import ShownFile, parts_of
from application.token_estimate import estimate_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from application.passages import Passage
    from application.ports.code_structure import Definition

FILE_OVERHEAD_TOKENS = 40
"""What is set aside for each file's heading and fence, which are added when the context is written into a prompt."""

THRIFT = 0.5
"""How much a passage's length counts against it: 0 not at all, 1 in proportion."""

OUTLINE_SHARE = 0.06
"""What the lists of definitions that are not shown may take of the room."""

_AROUND_A_PASSAGE = 25
_AROUND_THE_PARTS = 85
"""Tokens that are counted, before the text is made, for the line about a gap and for the words about the extent."""

_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Source:
    """A file that may be shown, in passages with the likelihood of each that the fix changes it."""

    path: str
    text: str
    passages: Sequence[Passage]
    likelihoods: Sequence[float]
    definitions: tuple[Definition, ...] = ()


@dataclass(slots=True)
class _Draft:
    """What is chosen of a file so far, and what that costs as it would be shown."""

    source: Source
    lines: list[str]
    chosen: list[Passage] = field(default_factory=list)
    cost: int = 0

    def add(self, passage: Passage) -> int:
        """Choose a passage; the most that this may cost."""
        opening = 0 if self.chosen else FILE_OVERHEAD_TOKENS + estimate_tokens(self.source.path) + _AROUND_THE_PARTS
        self.chosen.append(passage)
        return opening + passage.tokens + _AROUND_A_PASSAGE

    def bound(self, passage: Passage) -> int:
        """The most that it would cost to choose a passage."""
        cost = self.add(passage)
        self.chosen.pop()
        return cost

    def shown(self) -> ShownFile:
        """The file with the passages that are chosen."""
        ranges = ((passage.first, passage.last) for passage in self.chosen)
        return ShownFile(self.source.path, parts_of(self.lines, ranges), len(self.lines))

    def whole(self) -> ShownFile:
        """The file with all that it has."""
        lines = len(self.lines)
        return ShownFile(self.source.path, parts_of(self.lines, [(1, lines)] if lines else []), lines)


def cost_of(file: ShownFile) -> int:
    """The tokens of a file as it is shown, with what is set aside for it."""
    return estimate_tokens(f"{file.path}\n{file.extent}\n{file.text}") + FILE_OVERHEAD_TOKENS


def select(sources: Sequence[Source], room: int) -> tuple[ShownFile, ...]:
    """The files in their order, whole if all of them fit; otherwise the passages that promise most for their length.

    Where parts of a file are shown, the definitions in the rest are listed as far as there is room; a file becomes
    whole where that is all that is left to be done with the room. What has no passage with room for it is left out.
    """
    drafts = [_Draft(source, lines_of(source.text)) for source in sources]
    wholes = [draft.whole() for draft in drafts]
    if sum(map(cost_of, wholes)) <= room:
        return tuple(wholes)
    _choose(drafts, room - int(OUTLINE_SHARE * room))
    shown = [draft.shown() if draft.chosen else None for draft in drafts]
    left = room - sum(cost_of(file) for file in shown if file is not None)
    for place, draft in enumerate(drafts):
        for better in (_outlined(shown[place], draft.source), draft.whole()):
            present = shown[place]
            gain = cost_of(better) - (cost_of(present) if present is not None else 0) if better is not None else 0
            if better is not None and gain <= left:
                shown[place] = better
                left -= gain
    return tuple(file for file in shown if file is not None)


def _choose(drafts: Sequence[_Draft], room: int) -> None:
    """Passages in the order of what they promise; estimates of the cost are high, so that it is done in rounds."""
    waiting = _in_order(drafts)
    for _ in range(_ROUNDS):
        left = room - sum(cost_of(draft.shown()) for draft in drafts if draft.chosen)
        passed_over = []
        for draft, passage in waiting:
            if draft.bound(passage) <= left:
                left -= draft.add(passage)
            else:
                passed_over.append((draft, passage))
        if len(passed_over) == len(waiting):
            return
        waiting = passed_over


def _in_order(drafts: Sequence[_Draft]) -> list[tuple[_Draft, Passage]]:
    promising = [
        (-likelihood / (passage.tokens + _AROUND_A_PASSAGE) ** THRIFT, place, passage.first, draft, passage)
        for place, draft in enumerate(drafts)
        for passage, likelihood in zip(draft.source.passages, draft.source.likelihoods, strict=True)
    ]
    return [(draft, passage) for *_, draft, passage in sorted(promising, key=lambda item: item[:3])]


def _outlined(file: ShownFile | None, source: Source) -> ShownFile | None:
    """The file with its definitions listed; nothing where it is whole, or has none."""
    named = tuple(_outer(source.definitions))
    return replace(file, outline=named) if file is not None and named and not file.whole else None


def _outer(definitions: Iterable[Definition]) -> Iterable[Definition]:
    """Classes, and functions that are not within functions."""
    end_of_function = 0
    for one in definitions:
        if one.kind is not DefinitionKind.CONSTANT and one.first > end_of_function:
            yield one
            if one.kind is DefinitionKind.FUNCTION:
                end_of_function = one.last
