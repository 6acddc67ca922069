"""Putting together what an answer says about one file in several places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.change_set import ChangeKind

if TYPE_CHECKING:
    from application.editing.answer import FileEdit
    from application.editing.formats.found import Found


def merged(found: Found) -> tuple[list[FileEdit], list[str]]:
    """One edit a path, and what is wrong with those that contradict each other.

    Blocks for one file come together; two whole contents must be the same.
    """
    edits: dict[str, FileEdit] = {}
    twice: dict[str, None] = {}
    for edit in found.edits:
        earlier = edits.get(edit.path)
        both = _joined(earlier, edit) if earlier else edit
        if both is None:
            twice[edit.path] = None
        else:
            edits[edit.path] = both
    return list(edits.values()), [*found.problems, *(f"`{path}` is changed twice, differently" for path in twice)]


def _joined(earlier: FileEdit, later: FileEdit) -> FileEdit | None:
    if earlier == later and not later.blocks:
        return later
    by_blocks = {ChangeKind.EDIT, ChangeKind.RENAME}
    if later.kind is not ChangeKind.EDIT or earlier.kind not in by_blocks:
        return None
    ordered = earlier.ordered and later.ordered
    return replace(earlier, blocks=earlier.blocks + later.blocks, ordered=ordered, open=earlier.open and later.open)
