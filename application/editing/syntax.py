"""Whether a change breaks a file's syntax."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.ports.syntax_checker import SyntaxChecker, SyntaxProblem
    from domain.change_set import ChangeSet, FileChange

_MAX_A_FILE = 5
_MAX_QUOTED = 160


async def new_syntax_problems(
    changes: ChangeSet, originals: Mapping[str, bytes], checker: SyntaxChecker
) -> tuple[str, ...]:
    """One line for each place that does not parse after the change and did before it, the first few of each file.

    A place is known again by its text and what is wrong there: an error that the file had already, on whatever line
    it is now, is not the change's.
    """
    problems: list[str] = []
    for change in changes:
        problems += [_worded(change, problem) for problem in await _new(change, originals, checker)]
    return tuple(problems)


async def _new(change: FileChange, originals: Mapping[str, bytes], checker: SyntaxChecker) -> Sequence[SyntaxProblem]:
    if change.content is None or change.new_path is None:
        return ()
    after = await checker.problems(change.new_path, change.content)
    if not after:
        return ()
    before = originals.get(change.path)
    known = Counter(map(_key, await checker.problems(change.path, before))) if before is not None else Counter()
    new = []
    for problem in after:
        if known[_key(problem)] > 0:
            known[_key(problem)] -= 1
        else:
            new.append(problem)
    return new[:_MAX_A_FILE]


def _key(problem: SyntaxProblem) -> tuple[str, str]:
    return problem.text.strip(), problem.what


def _worded(change: FileChange, problem: SyntaxProblem) -> str:
    text = problem.text.strip()[:_MAX_QUOTED].replace("`", "'")
    return (
        f"`{change.new_path}` would not parse any more: line {problem.line} `{text}`: {problem.what}. "
        "Look at the edits around it and give them so that the file parses"
    )
