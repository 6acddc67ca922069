"""Patch envelopes as codex writes them: `*** Begin Patch`, one `*** … File:` line a file, `*** End Patch`.

    *** Update File: path          then hunks of ` `, `-` and `+` lines, each after `@@` or `@@ a line above`
    *** Move to: new path          below an update
    *** Add File: path             then `+` lines
    *** Delete File: path

The first and the last line may be missing. A file that is added where there is one is replaced, as codex does it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from application.editing.answer import FileEdit, Hint, SearchReplace
from application.editing.formats.fences import is_fence
from application.editing.formats.found import Found, text_of
from application.editing.formats.labels import clean_path
from domain.change_set import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILE = re.compile(r"\s*\*\*\* (Update|Add|Delete) File:\s*(.*\S)\s*\Z")
_MOVE = re.compile(r"\s*\*\*\* Move to:\s*(.*\S)\s*\Z")
_EDGE = re.compile(r"\s*\*\*\* (?:Begin|End) Patch\s*\Z")
_END = re.compile(r"\s*\*\*\* End Patch\s*\Z")
_END_OF_FILE = "*** End of File"
_HOWTO = "write `*** Update File: path`, `*** Add File: path` or `*** Delete File: path`"


def is_patch(lines: Sequence[str]) -> bool:
    """Whether the lines hold a patch envelope."""
    return any("***" in line and (_FILE.match(line) or _EDGE.match(line)) for line in lines)


def names_file(lines: Sequence[str]) -> bool:
    """Whether a line of an envelope names a file: otherwise it may be wrapped around a unified diff."""
    return any("***" in line and _FILE.match(line) for line in lines)


def read_patch_envelope(lines: Sequence[str]) -> Found:
    """The edits of all envelopes in an answer."""
    found = Found()
    number = 0
    while number < len(lines) and not found.problems:
        header = _FILE.match(lines[number])
        if header is None:
            if lines[number].strip().startswith("*** ") and not _EDGE.match(lines[number]):
                found.problems.append(f"`{lines[number].strip()[:80]}` cannot be read; {_HOWTO}")
            number += 1
            continue
        stop = _stop(lines, number + 1)
        _add(found, header[1], clean_path(header[2]), lines[number + 1 : stop])
        number = stop
    if not found:
        found.problems.append(f"the patch names no file; {_HOWTO}")
    return found


def _stop(lines: Sequence[str], start: int) -> int:
    """Where a file's part ends: at the next line of the envelope or at a fence."""
    for number in range(start, len(lines)):
        line = lines[number]
        if line[:1] in {"+", "-"}:
            continue
        bare = line.strip()
        inside = bare == _END_OF_FILE or _MOVE.match(line)
        if (bare.startswith("*** ") and not inside and _is_of_envelope(line)) or (line[:1] != " " and is_fence(line)):
            return number
    return len(lines)


def _is_of_envelope(line: str) -> bool:
    """A line of the envelope, not of the text: one of those that are known, or one that is not indented."""
    return bool(_FILE.match(line) or _EDGE.match(line)) or line.startswith("*** ")


def _add(found: Found, action: str, path: str, body: Sequence[str]) -> None:
    if action == "Delete":
        if any(line.strip() for line in body):
            found.problems.append(f"`{path}`: a deletion has no lines")
        found.edits.append(FileEdit(ChangeKind.DELETE, path))
    elif action == "Add":
        _add_file(found, path, body)
    else:
        _update(found, path, body)


def _add_file(found: Found, path: str, body: Sequence[str]) -> None:
    lines = _without_blank_end(body)
    wrong = next((line for line in lines if line and not line.startswith("+")), None)
    if wrong is not None:
        found.problems.append(f"`{path}`: each line of a file that is added begins with `+`, not `{wrong[:60]}`")
    found.edits.append(FileEdit(ChangeKind.REWRITE, path, content=text_of([line[1:] for line in lines]), open=True))


def _update(found: Found, path: str, body: Sequence[str]) -> None:
    if len(body) > 1 and body[0].startswith("--- ") and body[1].startswith("+++ "):
        body = body[2:]  # a unified diff's header, which says the same again
    moved = _MOVE.match(body[0]) if body else None
    target = clean_path(moved[1]) if moved else ""
    blocks: list[SearchReplace] = []
    for anchors, lines, at_end in _hunks(body[1:] if moved else body):
        block = _block(anchors, lines, at_end=at_end)
        if block is not None:
            blocks.append(block)
    if target:
        found.edits.append(FileEdit(ChangeKind.RENAME, path, tuple(blocks), renamed_to=target, ordered=True))
    elif blocks:
        found.edits.append(FileEdit(ChangeKind.EDIT, path, tuple(blocks), ordered=True))
    else:
        found.problems.append(f"`{path}`: the update has no hunk that changes a line")


def _hunks(body: Sequence[str]) -> list[tuple[tuple[str, ...], list[str], bool]]:
    """The hunks: the lines named after `@@`, their own lines, and whether they end the file."""
    hunks: list[tuple[tuple[str, ...], list[str], bool]] = []
    anchors: tuple[str, ...] = ()
    lines: list[str] = []
    at_end = False
    for line in body:
        if line.startswith("@@"):
            if lines:
                hunks.append((anchors, lines, at_end))
                anchors, lines, at_end = (), [], False
            named = _anchor(line)
            anchors += (named,) if named else ()
        elif line.strip() == _END_OF_FILE:
            at_end = True
        else:
            lines.append(line)
    return [*hunks, (anchors, lines, at_end)] if lines else hunks


def _anchor(line: str) -> str:
    """The line that a hunk's header names; numbers, as in a unified diff, name none."""
    text = line.removeprefix("@@").strip()
    if text.startswith("-") and "@@" in text:
        text = text.partition("@@")[2].strip()
    return text.removesuffix("@@").strip().replace("...", "") if text else ""


def _block(anchors: tuple[str, ...], lines: Sequence[str], *, at_end: bool) -> SearchReplace | None:
    lines = _without_blank_end(lines)
    old = [_text(line) for line in lines if not line.startswith("+")]
    new = [_text(line) for line in lines if not line.startswith("-")]
    if old == new:
        return None
    hint = Hint(after=anchors, ends_file=at_end or not (old or anchors))
    return SearchReplace(text_of(old), text_of(new), hint, final_newline=True)


def _text(line: str) -> str:
    return line[1:] if line[:1] in {" ", "+", "-"} else line


def _without_blank_end(lines: Sequence[str]) -> list[str]:
    """Without the empty lines between a file's part and what follows it."""
    stop = len(lines)
    while stop and not lines[stop - 1]:
        stop -= 1
    return list(lines[:stop])
