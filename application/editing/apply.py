"""Applying a model's edits to the files that it was shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.editing.alignment import Aligner
from application.editing.assemble import with_places
from application.editing.elision import elided
from application.editing.locate import EXACT, Place
from application.editing.nearest import quoted
from application.editing.refusal import Refusal
from application.editing.replace import replaced
from application.editing.resolve import resolved
from application.editing.source import read_source, writable_problem
from domain.change_set import ChangeKind, ChangeSet, FileChange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.editing.answer import FileEdit
    from application.editing.source import Source

_MAX_PROBLEMS = 20
_FEW_LINES = 10
_TELLING = 10
"""So many characters make a line that is hardly in two files by chance."""
_PROSE = (".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc", ".tex", ".org")
WHOLE = "whole file"


@dataclass(frozen=True, slots=True)
class Applied:
    """The change that the edits make. Where any is refused it is empty: an answer is used whole or not at all.

    `refused` has the first 20 or so; `how` says of each changed path by what its least certain block was found.
    """

    changes: ChangeSet
    refused: tuple[Refusal, ...] = ()
    how: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def problems(self) -> tuple[str, ...]:
        """The refusals, one line each."""
        return tuple(str(refusal) for refusal in self.refused)


def apply_edits(edits: Sequence[FileEdit], originals: Mapping[str, bytes]) -> Applied:
    """Apply edits to the files as they were shown; never raises, and touches no other file."""
    meant = resolved(edits, originals)
    refused = _twice([edit for edit in meant if not isinstance(edit, Refusal)])
    if refused:
        return Applied(ChangeSet(), tuple(refused[:_MAX_PROBLEMS]))
    changes: list[FileChange] = []
    how: dict[str, str] = {}
    for edit in meant:
        if isinstance(edit, Refusal):
            refused.append(edit)
            continue
        change = _Change(edit, originals)
        made = change.made()
        refused += change.refused
        if made is not None:
            changes.append(made)
            how[edit.path] = change.how
        if len(refused) >= _MAX_PROBLEMS:
            break
    if refused:
        return Applied(ChangeSet(), tuple(refused[:_MAX_PROBLEMS]))
    return Applied(ChangeSet(tuple(changes)), (), how)


def _twice(edits: Sequence[FileEdit]) -> list[Refusal]:
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for edit in edits:
        touched = [edit.path, edit.renamed_to] if edit.renamed_to else [edit.path]
        twice |= dict.fromkeys(path for path in touched if path in seen)
        seen |= set(touched)
    return [Refusal("", f"`{path}` is changed twice") for path in twice]


class _Change:
    """One edit on its way to a change."""

    def __init__(self, edit: FileEdit, originals: Mapping[str, bytes]) -> None:
        self._edit = edit
        self._originals = originals
        self._before = originals.get(edit.path)
        self.how = EXACT
        self.refused: list[Refusal] = []

    def made(self) -> FileChange | None:
        problem = self._shape_problem() or self._path_problem() or self._text_problem()
        if problem:
            self._refuse(problem)
            return None
        content = self._content()
        if not self.refused and content == self._before and self._edit.kind is not ChangeKind.RENAME:
            self._refuse("the file already reads so; the edit changes nothing")
        if self.refused:
            return None
        return FileChange(self._edit.kind, self._edit.path, content, self._edit.renamed_to)

    def _refuse(self, reason: str, nearest: str = "") -> None:
        self.refused.append(Refusal(self._edit.path, reason, nearest))

    def _shape_problem(self) -> str | None:
        edit = self._edit
        if bool(edit.renamed_to) != (edit.kind is ChangeKind.RENAME):
            return "a rename needs the new path, and nothing else may have one"
        if edit.renamed_to == edit.path:
            return "it is renamed to itself"
        if (edit.content is None) == (edit.kind in {ChangeKind.CREATE, ChangeKind.REWRITE}):
            return f'"{edit.kind}" with the wrong kind of content'
        return None

    def _path_problem(self) -> str | None:
        if self._edit.renamed_to and self._edit.renamed_to in self._originals:
            return f"there is a file `{self._edit.renamed_to}` already; a rename replaces none"
        if self._edit.kind is ChangeKind.CREATE and self._before is not None:
            return 'there is such a file already; use action="edit" or "rewrite"'
        if self._edit.kind is not ChangeKind.CREATE and self._before is None:
            return "it is not among the files that you were shown"
        return None

    def _text_problem(self) -> str | None:
        texts = [self._edit.content or "", *(block.replace for block in self._edit.blocks)]
        return next((problem for text in texts if (problem := writable_problem(text))), None)

    def _content(self) -> bytes | None:
        kind, content = self._edit.kind, self._edit.content
        if kind is ChangeKind.DELETE:
            return None
        if kind is ChangeKind.CREATE:
            return self._created(content or "")
        if kind is ChangeKind.REWRITE:
            return self._rewritten(content or "")
        if kind is ChangeKind.RENAME and not self._edit.blocks:
            return self._before
        return self._edited()

    def _created(self, content: str) -> bytes:
        self.how = WHOLE
        if left_out := elided(content.split("\n"), lambda _: False):
            self._refuse(f"{quoted(left_out)} stands for lines that are not written; write the file out")
        return content.encode()

    def _rewritten(self, content: str) -> bytes | None:
        """The new content; lines that stay keep their bytes, the others get the old file's line ends."""
        self.how = WHOLE
        source = read_source(self._before or b"")
        if source is None or not source.is_utf8:
            self._refuse("it is not a UTF-8 text file and cannot be rewritten; use SEARCH/REPLACE blocks")
            return None
        text = content.removeprefix("\ufeff").replace("\r\n", "\n")
        lines = text.removesuffix("\n").split("\n") if text else []
        if problem := self._part_problem(source, lines):
            self._refuse(problem)
            return None
        parts = tuple(Aligner().parts(source.texts, lines))
        return source.with_lines(with_places(source, [Place(0, len(source.lines), parts, tuple(lines))]))

    def _part_problem(self, source: Source, lines: Sequence[str]) -> str | None:
        """Why the content looks like a part of the file, where the answer does not say that it is all of it."""
        old = [line.strip() for line in source.texts if line.strip()]
        if left_out := elided(lines, set(old).__contains__):
            return (
                f"{quoted(left_out)} would delete what it stands for; write the file out, or use SEARCH/REPLACE blocks"
            )
        new = sum(bool(line.strip()) for line in lines)
        if self._edit.open and len(old) >= _FEW_LINES and 2 * new < len(old):
            return (
                f"the text has {new} lines where the file has {len(old)}, and looks like a part of it; write all of "
                "it, or use SEARCH/REPLACE blocks"
            )
        telling = {line for line in old if len(line) >= _TELLING}
        if self._edit.open and 2 * len(telling) >= _FEW_LINES and telling.isdisjoint(line.strip() for line in lines):
            return (
                "nothing of the file is in the text, which looks like another file; name that, or delete this one first"
            )
        return None

    def _edited(self) -> bytes | None:
        source = read_source(self._before or b"")
        if source is None:
            self._refuse("it is not a text file and cannot be edited")
            return None
        if not source.is_utf8 and not all(block.replace.isascii() for block in self._edit.blocks):
            self._refuse("it is not in UTF-8: REPLACE may hold ASCII characters only")
            return None
        is_prose = self._edit.path.lower().endswith(_PROSE)
        result = replaced(source, self._edit.blocks, ordered=self._edit.ordered, is_prose=is_prose)
        for problem in result.problems:
            self._refuse(problem.text, problem.nearest)
        self.how = result.how
        return result.content
