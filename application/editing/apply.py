"""Applying a model's edits to the files that it was shown."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from application.editing.replace import replaced
from application.editing.source import read_source, writable_problem
from domain.change_set import ChangeKind, ChangeSet, FileChange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.editing.answer import FileEdit

_MAX_PROBLEMS = 20
_MAX_SUGGESTED_FROM = 500


@dataclass(frozen=True, slots=True)
class Applied:
    """The change that the edits make. Where there are problems it is empty: an answer is used whole or not at all.

    `problems` has one line for each, the first 20 or so, in words that let the model mend it.
    """

    changes: ChangeSet
    problems: tuple[str, ...] = ()


def apply_edits(edits: Sequence[FileEdit], originals: Mapping[str, bytes]) -> Applied:
    """Apply edits to the files as they were shown; never raises, and touches no other file."""
    problems: list[str] = _twice(edits)
    changes: list[FileChange] = []
    for edit in edits:
        change, found = _Change(edit, originals).made()
        problems += found
        changes += [change] if change else []
        if len(problems) >= _MAX_PROBLEMS:
            break
    return Applied(ChangeSet(), tuple(problems[:_MAX_PROBLEMS])) if problems else Applied(ChangeSet(tuple(changes)))


def _twice(edits: Sequence[FileEdit]) -> list[str]:
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for edit in edits:
        touched = [edit.path, edit.renamed_to] if edit.renamed_to else [edit.path]
        twice |= dict.fromkeys(path for path in touched if path in seen)
        seen |= set(touched)
    return [f"`{path}` is changed twice" for path in twice]


class _Change:
    """One edit on its way to a change."""

    def __init__(self, edit: FileEdit, originals: Mapping[str, bytes]) -> None:
        self._edit = edit
        self._originals = originals
        self._before = originals.get(edit.path)

    def made(self) -> tuple[FileChange | None, list[str]]:
        problem = self._shape_problem() or self._path_problem() or self._text_problem()
        if problem:
            return None, [f"`{self._edit.path}`: {problem}"]
        content, problems = self._content()
        if not problems and content == self._before and self._edit.kind is not ChangeKind.RENAME:
            problems = ["the file already reads so; the edit changes nothing"]
        if problems:
            return None, [f"`{self._edit.path}`: {text}" for text in problems]
        return FileChange(self._edit.kind, self._edit.path, content, self._edit.renamed_to), []

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
        if self._edit.kind is ChangeKind.CREATE:
            exists = self._before is not None
            return 'there is such a file already; use action="edit" or "rewrite"' if exists else None
        if self._before is not None:
            return None
        return f"it is not among the files that you were shown{self._suggestion()}"

    def _suggestion(self) -> str:
        path = self._edit.path
        shown = list(self._originals)[:_MAX_SUGGESTED_FROM]
        same_end = [name for name in shown if name.endswith(f"/{path}") or path.endswith(f"/{name}")]
        near = same_end or get_close_matches(path, shown, n=1, cutoff=0.8)
        return f"; did you mean `{near[0]}`?" if near else ""

    def _text_problem(self) -> str | None:
        texts = [self._edit.content or "", *(block.replace for block in self._edit.blocks)]
        return next((problem for text in texts if (problem := writable_problem(text))), None)

    def _content(self) -> tuple[bytes | None, list[str]]:
        kind, content = self._edit.kind, self._edit.content
        if kind is ChangeKind.DELETE:
            return None, []
        if kind is ChangeKind.CREATE:
            return (content or "").encode(), []
        if kind is ChangeKind.REWRITE:
            return self._rewritten(content or "")
        if kind is ChangeKind.RENAME and not self._edit.blocks:
            return self._before, []
        return self._edited()

    def _rewritten(self, content: str) -> tuple[bytes | None, list[str]]:
        """The new content with the line ends and the byte order mark of the old."""
        source = read_source(self._before or b"")
        if source is None or not source.is_utf8:
            return None, ["it is not a UTF-8 text file and cannot be rewritten; use SEARCH/REPLACE blocks"]
        text = content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\n", source.common_end)
        return source.with_text(text), []

    def _edited(self) -> tuple[bytes | None, list[str]]:
        source = read_source(self._before or b"")
        if source is None:
            return None, ["it is not a text file and cannot be edited"]
        if not source.is_utf8 and not all(block.replace.isascii() for block in self._edit.blocks):
            return None, ["it is not in UTF-8: REPLACE may hold ASCII characters only"]
        return replaced(source, self._edit.blocks)
