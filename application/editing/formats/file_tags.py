"""The format of our own: tags around blocks or whole content, as `application/prompts/answer_format.md` tells it.

Forgiven is what leaves no doubt: prose around, a code fence, CRLF, quotes. Refused is what would need a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.editing.answer import FileEdit
from application.editing.formats.blocks import is_marker, read_blocks
from application.editing.formats.fences import UnclearFence, without_fence
from domain.change_set import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.editing.answer import SearchReplace
    from application.editing.formats.envelopes import Envelopes, FileEnvelope

_ACTIONS = ", ".join(f'"{kind}"' for kind in ChangeKind)


def read_file_tags(envelopes: Envelopes) -> tuple[list[FileEdit], list[str]]:
    """The edits, and what is wrong with those that cannot be read."""
    edits, problems = _edits(envelopes.files)
    return edits, envelopes.problems + problems


def _edits(files: Sequence[FileEnvelope]) -> tuple[list[FileEdit], list[str]]:
    edits: dict[str, FileEdit] = {}
    targets: set[str] = set()
    problems: list[str] = []
    for envelope in files:
        edit, found = _edit(envelope)
        problems += found
        if edit is None:
            continue
        earlier = edits.get(edit.path)
        if earlier and earlier.kind is edit.kind is ChangeKind.EDIT:
            edits[edit.path] = FileEdit(edit.kind, edit.path, earlier.blocks + edit.blocks)
            continue
        touched = {edit.path, edit.renamed_to} - {""}
        problems += [f"`{path}` is changed twice: give each file one `<file …>`" for path in sorted(touched & targets)]
        targets |= touched
        edits.setdefault(edit.path, edit)
    return list(edits.values()), problems


def _edit(envelope: FileEnvelope) -> tuple[FileEdit | None, list[str]]:
    path = _clean_path(envelope.tag.attributes.get("path", ""))
    if not path:
        return None, ['a `<file …>` has no path; write `<file path="…" action="…">`']
    kind = _kind(envelope)
    if kind is None:
        return None, [f"`{path}`: the action must be one of {_ACTIONS}"]
    renamed_to = _clean_path(envelope.tag.attributes.get("to", ""))
    if bool(renamed_to) != (kind is ChangeKind.RENAME):
        return None, [f'`{path}`: `to="…"` names the new path of a rename, and is for that alone']
    if kind in {ChangeKind.CREATE, ChangeKind.REWRITE}:
        return _whole(envelope, kind, path)
    return _by_blocks(envelope, kind, path, renamed_to)


def _kind(envelope: FileEnvelope) -> ChangeKind | None:
    """The action; where none is given, markers in the content can only mean an edit."""
    action = envelope.tag.attributes.get("action", "").strip().lower()
    if not action and any(is_marker(line) for line in envelope.lines):
        return ChangeKind.EDIT
    return ChangeKind(action) if action in set(ChangeKind) else None


def _clean_path(raw: str) -> str:
    path = raw.strip().strip("`'\"").strip()
    while path.startswith("./"):
        path = path[2:]
    return path


def _whole(envelope: FileEnvelope, kind: ChangeKind, path: str) -> tuple[FileEdit | None, list[str]]:
    if not envelope.closed:
        return None, [f"`{path}`: the answer ends before `{envelope.tag.closing}`; write the file to its end"]
    try:
        lines = envelope.lines if envelope.tag.is_literal else without_fence(envelope.lines, path)
    except UnclearFence:
        message = (
            "the content begins with a code fence; leave it out, or, if it is part of the file, write `<file-x …>`"
        )
        return None, [f"`{path}`: {message} up to `</file-x>`, whose content is taken literally"]
    if not envelope.tag.is_literal and _is_block(lines):
        return None, [f'`{path}`: blocks are for action="edit"; "{kind}" takes the whole content']
    if not envelope.tag.is_literal and not any(line.strip() for line in lines):
        lines = ()
    return FileEdit(kind, path, content="".join(f"{line}\n" for line in lines)), []


def _is_block(lines: Sequence[str]) -> bool:
    filled = [line for line in lines if line.strip()]
    return bool(filled) and is_marker(filled[0])


def _by_blocks(
    envelope: FileEnvelope, kind: ChangeKind, path: str, renamed_to: str
) -> tuple[FileEdit | None, list[str]]:
    """An edit, a rename or a deletion; a missing closing tag is forgiven where nothing can be missing before it."""
    blocks, problems = read_blocks(envelope.lines, frozenset({path}))
    if problems and kind is ChangeKind.DELETE:
        problems = ["a deletion has no content"]
    elif not problems:
        problems = _block_problems(kind, blocks, envelope)
    if problems:
        return None, [f"`{path}`: {problem}" for problem in problems]
    return FileEdit(kind, path, tuple(blocks), renamed_to=renamed_to), []


def _block_problems(kind: ChangeKind, blocks: Sequence[SearchReplace], envelope: FileEnvelope) -> list[str]:
    if kind is ChangeKind.EDIT and not blocks:
        return ['an edit needs at least one SEARCH/REPLACE block; to replace the whole file, use action="rewrite"']
    if kind is ChangeKind.DELETE and blocks:
        return ["a deletion has no content"]
    if kind is ChangeKind.RENAME and not blocks and not envelope.closed:
        return [f"the answer ends before `{envelope.tag.closing}`"]
    return []
