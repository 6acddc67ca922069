"""Putting together what an answer says about one file in several places."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.change_set import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.editing.answer import FileEdit
    from application.editing.formats.found import Found

_BY_BLOCKS = {ChangeKind.EDIT, ChangeKind.RENAME}


def merged(found: Found) -> tuple[list[FileEdit], list[str]]:
    """One edit a path, and what is wrong with those that contradict each other.

    Blocks for one file come together; two whole contents must be the same.
    """
    said: dict[str, list[FileEdit]] = {}
    for edit in found.edits:
        said.setdefault(edit.path, []).append(edit)
    joined = {path: _joined(edits) for path, edits in said.items()}
    twice = [f"`{path}` is changed twice, differently" for path, edit in joined.items() if edit is None]
    return [edit or said[path][0] for path, edit in joined.items()], [*found.problems, *twice]


def _joined(edits: Sequence[FileEdit]) -> FileEdit | None:
    first, *others = edits
    others = [edit for edit in others if edit != first or edit.blocks]
    if not others:
        return first
    if first.kind not in _BY_BLOCKS or any(edit.kind is not ChangeKind.EDIT for edit in others):
        return None
    together = [first, *others]
    return replace(
        first,
        blocks=tuple(block for edit in together for block in edit.blocks),
        ordered=all(edit.ordered for edit in together),
        open=all(edit.open for edit in together),
    )
