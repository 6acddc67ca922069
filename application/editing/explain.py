"""Why a block is not used, told so that whoever wrote it can mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from application.editing.assemble import split_lines
from application.editing.locate import Place
from application.editing.nearest import nearest, numbered, quoted

if TYPE_CHECKING:
    from application.editing.answer import SearchReplace
    from application.editing.haystack import Haystack
    from application.editing.taken import Taken


class Problem(NamedTuple):
    """What is wrong with a block, in words; `nearest` are the lines most like its search text, numbered, or ""."""

    text: str
    nearest: str = ""


def why_nowhere(file: Haystack, taken: Taken, number: int, block: SearchReplace) -> Problem:
    """What is wrong with a block that has no place in the file, in words; `number` is the block's."""
    search, new = split_lines(block.search), split_lines(block.replace)
    for start in file.bare.find(search):
        if not taken.is_free(Place(start, start + len(search), (), ())):
            text = f"SEARCH overlaps with an earlier block at line {start + 1}; make one block of the two"
            return Problem(f"block {number}: {text}", numbered(file.lines, start, start + len(search)))
    done = next(iter(file.exact.find(new)), None) if new else None
    if done is not None and any(line.strip() for line in new):
        text = f"SEARCH is not in the file, and line {done + 1} already reads as REPLACE says"
        return Problem(f"block {number}: {text}", numbered(file.lines, done, done + len(new)))
    alike = nearest(file, search)
    if alike is None:
        first = next((line for line in search if line.strip()), "")
        return Problem(f"block {number}: SEARCH is not in the file, nor anything like it (it begins {quoted(first)})")
    reasons = "; ".join(alike.differences) or "the white space differs"
    where = f"are lines {alike.first} to {alike.last}" if alike.first < alike.last else f"is line {alike.first}"
    text = f"SEARCH is not in the file; nearest {where}: {reasons}. Copy what is there exactly"
    return Problem(f"block {number}: {text}", numbered(file.lines, alike.first - 1, alike.last))
