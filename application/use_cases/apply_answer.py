"""Applying a model's answer to a person's own folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.editing.apply import WHOLE, Applied, apply_edits
from application.editing.locate import EXACT
from application.editing.parse import parse_answer
from application.editing.refusal import Refusal
from application.editing.syntax import new_syntax_problems
from domain.change_set import ChangeKind, ChangeSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from application.ports.folder import Folder
    from application.ports.syntax_checker import SyntaxChecker
    from domain.policy import Policy


@dataclass(frozen=True, slots=True)
class AnswerApplied:
    """What became of an answer: the changes, or the refusals; or the model's words, where it wants nothing changed."""

    applied: Applied
    originals: Mapping[str, bytes]
    words: str = ""


class ApplyAnswer:
    """Puts the edits of an answer into a folder: all of them, or none.

    What did not stand in the file as the answer has it must leave the file parseable: an edit that is put in place by
    its nearest fit and breaks the syntax is refused. One that fits exactly is applied whatever it says.
    """

    def __init__(self, folder: Folder, syntax: SyntaxChecker, policy: Policy) -> None:
        self._folder = folder
        self._syntax = syntax
        self._policy = policy

    async def run(self, text: str, *, dry_run: bool) -> AnswerApplied:
        """Apply the answer; with `dry_run` only find out what it would change. Raises `InvalidInput`."""
        files = _Files(self._folder)
        answer = parse_answer(text, files)
        if answer.problems:
            return AnswerApplied(_refused(tuple(Refusal(*_split(problem)) for problem in answer.problems)), files)
        if words := answer.nothing_to_do or answer.questions:
            return AnswerApplied(Applied(ChangeSet()), files, words)
        applied = apply_edits(answer.edits, files)
        explained = [self._explained(refusal, files) for refusal in applied.refused]
        refused = (*explained, *self._forbidden(applied.changes), *await self._broken(applied, files))
        if refused:
            return AnswerApplied(_refused(refused), files)
        if not dry_run:
            self._folder.write(applied.changes)
        return AnswerApplied(applied, files)

    def _explained(self, refusal: Refusal, files: Mapping[str, bytes]) -> Refusal:
        """Why a path is no file of the folder, where that can be told: it leads out of it, or through a link."""
        path = refusal.path
        if not path or path in files:
            return refusal
        why = self._policy.path_problem(path) or self._folder.obstacle(path)
        return Refusal(path, why) if why else refusal

    def _forbidden(self, changes: ChangeSet) -> list[Refusal]:
        found: list[Refusal] = []
        for change in changes:
            found += [Refusal(p, why) for p in change.touched_paths if (why := self._policy.path_problem(p))]
            new = change.new_path if change.kind in {ChangeKind.CREATE, ChangeKind.RENAME} else None
            if new and not found and (obstacle := self._folder.obstacle(new)):
                found.append(Refusal(new, obstacle))
        return found

    async def _broken(self, applied: Applied, files: Mapping[str, bytes]) -> list[Refusal]:
        guessed = tuple(c for c in applied.changes if applied.how.get(c.path, EXACT) not in {EXACT, WHOLE, "line ends"})
        if not guessed:
            return []
        problems = await new_syntax_problems(ChangeSet(guessed), files, self._syntax)
        return [Refusal(*_split(problem)) for problem in problems]


def _refused(refused: tuple[Refusal, ...]) -> Applied:
    return Applied(ChangeSet(), refused)


def _split(problem: str) -> tuple[str, str]:
    """The path that a problem begins with, and the problem."""
    path, marked, rest = problem.removeprefix("`").partition("`")
    named = problem.startswith("`") and marked and rest.startswith((":", " would"))
    return (path, rest.removeprefix(":").strip()) if named else ("", problem)


class _Files(Mapping[str, bytes]):
    """The folder's files, each read when it is asked for, and listed only where that is needed."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._read: dict[str, bytes | None] = {}

    def __getitem__(self, path: str) -> bytes:
        if path not in self._read:
            self._read[path] = self._folder.read(path)
        content = self._read[path]
        if content is None:
            raise KeyError(path)
        return content

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._folder.holds(path)

    def __iter__(self) -> Iterator[str]:
        return iter(self._folder.paths())

    def __len__(self) -> int:
        return len(self._folder.paths())
