"""Putting search/replace blocks into a file's lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.editing.assemble import split_lines, written_lines
from application.editing.explain import Problem
from application.editing.haystack import TooMuchWork
from application.editing.locate import EXACT, HOW
from application.editing.one_pass import Pass
from application.editing.source import read_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.editing.answer import SearchReplace
    from application.editing.source import Source

_MAX_PASSES = 8
_MAX_BLOCKS = 2_000
_TOO_MUCH = "too many blocks fit too many lines; give the whole file instead"


@dataclass(slots=True)
class Replaced:
    """A file's bytes with every block in its place, and the least sure way in which one was found; or the problems."""

    content: bytes | None = None
    how: str = EXACT
    problems: list[Problem] = field(default_factory=list)


def replaced(
    source: Source, blocks: Sequence[SearchReplace], *, ordered: bool = False, is_prose: bool = False
) -> Replaced:
    """Put every block in its place.

    Each is searched in the file as it was shown, outside of what other blocks replace. Only a block that is nowhere
    there is searched in what the others have made; one that merely says again what another has done is left out. Lines
    that a block leaves as they are keep their bytes. `ordered`: the blocks stand in the file's order, which tells equal
    places apart. `is_prose`: blank lines mean something in the file.
    """
    if not any(line.text.strip() for line in source.lines) and len(blocks) == 1 and not blocks[0].search.strip():
        return Replaced(source.with_lines(written_lines(split_lines(blocks[0].replace), source.common_end)), EXACT)
    if len(blocks) > _MAX_BLOCKS:
        return Replaced(problems=[Problem(_TOO_MUCH)])
    try:
        return _in_passes(source, blocks, ordered=ordered, is_prose=is_prose)
    except TooMuchWork:
        return Replaced(problems=[Problem(_TOO_MUCH)])


def _in_passes(source: Source, blocks: Sequence[SearchReplace], *, ordered: bool, is_prose: bool) -> Replaced:
    waiting = list(enumerate(blocks, start=1))
    hows = {EXACT}
    first = Pass(source, waiting, ordered=ordered, is_prose=is_prose)
    run = first
    for _ in range(_MAX_PASSES):
        run.place_all()
        hows |= run.hows
        placed = {_said(block) for block in run.placed}
        run.homeless = [(number, block) for number, block in run.homeless if _said(block) not in placed]
        if not run.homeless or not placed or run.problems:
            break
        content = source.with_lines(run.assembled())
        source = read_source(content) or source
        run = Pass(source, run.homeless, ordered=ordered, is_prose=is_prose)
    problems = run.problems or first.explained(run.homeless)
    if problems:
        return Replaced(problems=problems)
    return Replaced(source.with_lines(run.assembled()), max(hows, key=HOW.index))


def _said(block: SearchReplace) -> tuple[str, str]:
    return block.search, block.replace
