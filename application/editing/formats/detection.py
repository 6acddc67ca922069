"""Which of the formats that are not our own an answer is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.editing.formats.json_edits import read_json
from application.editing.formats.patch_envelope import is_patch, read_patch_envelope
from application.editing.formats.search_replace import closes_block, opens_block, read_search_replace
from application.editing.formats.unified_diff import is_diff, read_unified_diff
from application.editing.formats.whole_files import read_whole_files, without_files
from application.editing.formats.xml_edits import read_xml

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from application.editing.formats.found import Found


def read_foreign(lines: Sequence[str], known: Collection[str]) -> Found | None:
    """What the answer says, None where it is in no format that is known here.

    Wrappings are looked for first, for they may hold one of the others.
    """

    def inner(text: Sequence[str], path: str) -> Found:
        return _read_bare(text, known, path) or read_unified_diff(text, known, path)

    return read_json(lines, inner) or read_xml(lines, inner) or _read_bare(lines, known) or _read_files(lines, known)


def _read_bare(lines: Sequence[str], known: Collection[str], path: str = "") -> Found | None:
    outside = without_files(lines, known, _is_edit)
    if is_patch(outside):
        return read_patch_envelope(outside)
    if any(opens_block(line) for line in outside):
        found = read_search_replace(outside, known, path)
        found.add(read_whole_files(_without_blocks(lines), known, frozenset(edit.path for edit in found.edits)))
        return found
    if is_diff(outside):
        return read_unified_diff(outside, known, path)
    return None


def _is_edit(lines: Sequence[str]) -> bool:
    """Whether lines begin as an edit does."""
    return any(opens_block(line) for line in lines) or is_patch(lines) or is_diff(lines)


def _read_files(lines: Sequence[str], known: Collection[str]) -> Found | None:
    return read_whole_files(lines, known) or None


def _without_blocks(lines: Sequence[str]) -> list[str]:
    """The answer without the blocks, so that fences inside of them are not seen."""
    kept: list[str] = []
    inside = False
    for line in lines:
        inside = inside or opens_block(line)
        if not inside:
            kept.append(line)
        elif closes_block(line):
            inside = False
    return kept
