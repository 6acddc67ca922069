"""Which of the formats that are not our own an answer is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.editing.formats.fences import fence_info, is_fence
from application.editing.formats.json_edits import read_json
from application.editing.formats.labels import label_above
from application.editing.formats.patch_envelope import is_patch, names_file, read_patch_envelope
from application.editing.formats.search_replace import closes_block, opens_block, read_search_replace
from application.editing.formats.unified_diff import has_bare_diff, is_diff, read_unified_diff
from application.editing.formats.whole_files import read_whole_files, without_files
from application.editing.formats.xml_edits import read_xml

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from application.editing.formats.found import Found

_WRAPPINGS = {"json", "xml"}
_DATA = (".json", ".xml")


def read_foreign(lines: Sequence[str], known: Collection[str]) -> Found | None:
    """What the answer says, None where it is in no format that is known here.

    Wrappings are looked for first, for they may hold one of the others.
    """

    def inner(text: Sequence[str], path: str) -> Found:
        return _read_bare(text, known, path) or read_unified_diff(text, known, path)

    first = _first_bare(lines, known)
    return (
        read_json(lines, inner, first)
        or read_xml(lines, inner, first)
        or _read_bare(lines, known)
        or _read_files(lines, known)
        or (read_unified_diff(lines, known) if has_bare_diff(lines) else None)
    )


def _first_bare(lines: Sequence[str], known: Collection[str]) -> int:
    """The first line of an edit or a whole file: a wrapping begins above it, or is itself text of that."""
    outside = without_files(lines, known, _is_edit)
    for number, line in enumerate(lines):
        if opens_block(line) or is_patch([line]) or is_diff(lines[number : number + 2]):
            return number
        if line != outside[number]:
            above = number - 1
            if fence_info(lines[above]) not in _WRAPPINGS or label_above(lines, above, 0, known).endswith(_DATA):
                return number
    return len(lines)


def _read_bare(lines: Sequence[str], known: Collection[str], path: str = "") -> Found | None:
    outside = without_files(lines, known, _is_edit)
    if is_patch(outside) and (names_file(outside) or not is_diff(outside)):
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
    """The answer without the blocks, and without fences that hold any: neither they nor those in them are files."""
    kept: list[str] = []
    in_block = holds_block = False
    fence: int | None = None
    for line in lines:
        if in_block:
            in_block = not closes_block(line)
        elif opens_block(line):
            in_block, holds_block = True, fence is not None
            del kept[len(kept) if fence is None else fence :]
        elif is_fence(line) and (fence is None or fence_info(line)):
            fence, holds_block = len(kept), False
            kept.append(line)
        else:
            kept += [] if holds_block else [line]
            fence, holds_block = (None, False) if is_fence(line) else (fence, holds_block)
    return kept
