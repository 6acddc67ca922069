"""Which file an edit means, and whether that is to be made or changed: what an answer may leave open."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from application.editing.refusal import Refusal
from application.editing.replace import replaced
from application.editing.source import read_source
from domain.change_set import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from application.editing.answer import FileEdit

_MAX_SUGGESTED_FROM = 500
_MAX_SEARCHED = 200
_MAX_SEARCHED_BYTES = 20_000_000


def resolved(edits: Sequence[FileEdit], originals: Mapping[str, bytes]) -> list[FileEdit | Refusal]:
    """The edits in order, with the paths of the files that they mean; of a file that is to be made, the whole content.

    A path that is none of the files' is taken for one where only one ends so, or where there is only one file and the
    blocks fit it. Blocks without a path go to the one file that holds their text.
    """
    resolver = _Resolver(originals)
    return [resolver.resolve(edit) for edit in edits]


class _Resolver:
    def __init__(self, originals: Mapping[str, bytes]) -> None:
        self._originals = originals
        self._listed: list[str] | None = None

    def resolve(self, edit: FileEdit) -> FileEdit | Refusal:
        if edit.kind is ChangeKind.CREATE or edit.path in self._originals:
            return self._closed(edit)
        path = self._meant(edit)
        if path:
            return self._closed(replace(edit, path=path))
        if edit.open and edit.path:
            return self._new(edit)
        return self._unknown(edit)

    @property
    def _names(self) -> list[str]:
        if self._listed is None:
            self._listed = list(self._originals)
        return self._listed

    def _closed(self, edit: FileEdit) -> FileEdit:
        """The edit, knowing now whether the file is there, and whether its first line only named it."""
        if edit.first and self._begins(edit.path) == edit.first.rstrip():
            edit = replace(edit, content=f"{edit.first}\n{edit.content}", first="")
        if not edit.open or edit.path in self._originals:
            return edit
        content = edit.content if edit.content is not None else "".join(block.replace for block in edit.blocks)
        return replace(edit, kind=ChangeKind.CREATE, content=content, blocks=(), open=False)

    def _begins(self, path: str) -> str:
        """The file's first line."""
        return self._originals.get(path, b"").partition(b"\n")[0].decode("utf-8", "replace").rstrip()

    def _meant(self, edit: FileEdit) -> str:
        """The file that is meant by a path that is not one, or by none; "" where that is not clear."""
        by_blocks = edit.kind is ChangeKind.EDIT and not edit.open
        if edit.path[:2] in {"a/", "b/"} and edit.path[2:] in self._originals:
            return edit.path[2:]
        if edit.path.startswith("/") or by_blocks:
            alike = self._ending_alike(edit.path) if edit.path else []
            if len(alike) == 1:
                return alike[0]
            if alike or not by_blocks:
                return ""
        if not by_blocks:
            return self._rewritten_file(edit) if edit.open and not edit.path else ""
        if len(self._names) == 1:
            return self._names[0] if self._fits(edit, self._names[0]) else ""
        return "" if edit.path else self._holding(edit)

    def _ending_alike(self, path: str) -> list[str]:
        longer = [name for name in self._names if name.endswith(f"/{path}")]
        shorter = [name for name in self._names if path.endswith(f"/{name}")]
        return longer or sorted(shorter, key=len)[-1:]

    def _fits(self, edit: FileEdit, name: str) -> bool:
        source = read_source(self._originals.get(name, b"\0"))
        return source is not None and not replaced(source, edit.blocks, ordered=edit.ordered).problems

    def _holding(self, edit: FileEdit) -> str:
        """The one file in which all the search texts stand as they are written."""
        texts = [block.search.strip("\n").encode("utf-8", "replace") for block in edit.blocks]
        holding: list[str] = []
        size = 0
        for name in self._names[:_MAX_SEARCHED]:
            content = self._originals.get(name, b"").replace(b"\r\n", b"\n")
            size += len(content)
            if size > _MAX_SEARCHED_BYTES:
                return ""
            if all(text in content for text in texts):
                holding.append(name)
        return holding[0] if len(holding) == 1 and len(self._names) <= _MAX_SEARCHED else ""

    def _rewritten_file(self, edit: FileEdit) -> str:
        """The only file, where the whole content of a nameless one holds most of its lines."""
        if len(self._names) != 1:
            return ""
        if not edit.content:
            return self._names[0]
        lines = self._originals.get(self._names[0], b"").decode("utf-8", "replace").split("\n")
        new = set((edit.content or "").split("\n"))
        filled = [line.rstrip("\r") for line in lines if line.strip()]
        kept = sum(line in new for line in filled)
        return self._names[0] if filled and 2 * kept >= len(filled) else ""

    def _new(self, edit: FileEdit) -> FileEdit | Refusal:
        """A file that is to be made; a mere name that one file has in its folder is more likely that file."""
        alike = self._ending_alike(edit.path) if "/" not in edit.path else []
        if alike:
            return Refusal(edit.path, f"did you mean `{alike[0]}`? Give the whole path")
        return self._closed(edit)

    def _unknown(self, edit: FileEdit) -> Refusal:
        if not edit.path:
            return Refusal("", "the answer does not say which file it is for; write the path above the block")
        near = self._ending_alike(edit.path)[:1] or get_close_matches(
            edit.path, self._names[:_MAX_SUGGESTED_FROM], n=1, cutoff=0.8
        )
        suggestion = f"; did you mean `{near[0]}`?" if near else ""
        return Refusal(edit.path, f"it is not among the files that you were shown{suggestion}")
