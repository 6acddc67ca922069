"""What of a fix's lines a model is shown: by the agent's context, and the plain way, the best files whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.context import build_context
from application.passages import lines_of
from application.token_estimate import estimate_tokens
from tests.benchmarks.localization import changed_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.ports.code_search import RankedFile
    from application.ports.vcs import Workspace
    from tests.benchmarks.localization import Case

ROOMS = (8_000, 16_000, 32_000)
"""Tokens."""

_FENCE_TOKENS = 40
_MOST_FILES = 50
"""No room holds more of them whole."""

Lines = dict[str, frozenset[int]]


async def shown_by_context(case: Case, workspace: Workspace, ranking: Sequence[RankedFile], room: int) -> float:
    """The share of the fix's lines in the context that the agent builds, the tree and the notes within the room."""
    context = await build_context(await workspace.entries(), ranking, workspace.read, case.issue, room)
    lines = {
        file.path: frozenset(number for part in file.parts for number in range(part.first, part.last + 1))
        for file in context.files
    }
    return share(changed_lines(case.patch), lines)


async def shown_plainly(case: Case, workspace: Workspace, ranking: Sequence[RankedFile], room: int) -> float:
    """The same where the best files are shown whole until the room is used, the last from its head on."""
    best = [file.path for file in ranking[:_MOST_FILES]]
    return share(changed_lines(case.patch), whole_files(best, await workspace.read(best), room))


def share(fix: Lines, shown: Lines) -> float:
    """The share of the fix's lines that are shown; 1 where it has none."""
    total = sum(map(len, fix.values()))
    return sum(len(lines & shown.get(path, frozenset())) for path, lines in fix.items()) / total if total else 1.0


def whole_files(paths: Sequence[str], contents: Mapping[str, bytes], room: int) -> Lines:
    """The lines that are shown where files go in whole, in this order; the one with which the room ends is the last."""
    shown: dict[str, frozenset[int]] = {}
    for path in paths:
        room -= _FENCE_TOKENS + estimate_tokens(path)
        whole = 0
        for line in lines_of(contents[path].decode(errors="replace")):
            room -= estimate_tokens(line)
            if room < 0:
                break
            whole += 1
        shown[path] = frozenset(range(1, whole + 1))
        if room < 0:
            break
    return shown
