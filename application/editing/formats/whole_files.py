"""Whole files in code fences, each with its path: in the line above, in a heading, or in the fence's own line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from application.editing.answer import FileEdit
from application.editing.formats.fences import fence_info, fence_length, is_fence
from application.editing.formats.found import Found, text_of
from application.editing.formats.labels import label_above, path_in_comment, path_in_fence
from domain.change_set import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

_HEAD = 10
_DEEPER = 3
_MAX_FENCED = 10_000
_DIFFS = {"diff", "patch"}
_MARKER = re.compile(r"(?:<{3,9}|>{3,9}) ?[A-Z]{3,}:?\d*\s*\Z")
_HOWTO = "write `<<<<<<< SEARCH`, `=======` and `>>>>>>> REPLACE`, or the whole file without them"
_NOT_FILES = {"diff", "patch", "console", "shell", "bash", "sh", "shell-session", "output", "text", "plaintext"}


def without_files(lines: Sequence[str], known: Collection[str], is_edit: Callable[[Sequence[str]], bool]) -> list[str]:
    """The lines with those of whole files left blank, so that nothing in a file is taken for an edit.

    A fence holds a whole file where it has a path and does not begin as an edit does, as `is_edit` says of its lines.
    """
    kept = list(lines)
    if not 0 < sum(map(is_fence, lines)) <= 2 * _MAX_FENCED:
        return kept
    number = floor = 0
    while number < len(lines):
        if not fence_length(lines[number]):
            number += 1
            continue
        path = path_in_fence(lines[number], known) or label_above(lines, number, floor, known)
        end = _end(lines, number, known)
        if isinstance(end, str):
            return kept
        inside = lines[number + 1 : end]
        if path and fence_info(lines[number]).split(" ")[0] not in _NOT_FILES and not is_edit(_head(inside)):
            kept[number + 1 : end] = [""] * len(inside)
        number = floor = end + 1
    return kept


def _head(lines: Sequence[str]) -> list[str]:
    """The first few lines that are not blank."""
    return [line for line in lines[:_HEAD] if line.strip()][:3]


class _Fenced(NamedTuple):
    path: str
    content: str
    end: int
    first: str = ""


def read_whole_files(lines: Sequence[str], known: Collection[str], but: frozenset[str] = frozenset()) -> Found:
    """The files whose fence has a path that is not in `but`; a single fence without one is a file without a name."""
    found = Found()
    if _are_too_many(lines):
        found.problems.append("the answer has more code fences than can be files; give the files alone")
        return found
    nameless: list[_Fenced] = []
    number = floor = 0
    while number < len(lines):
        if not is_fence(lines[number]) or not fence_length(lines[number]):
            number += 1
            continue
        path = path_in_fence(lines[number], known) or label_above(lines, number, floor, known)
        end = _end(lines, number, known)
        if isinstance(end, str):
            if path and path not in but:
                found.problems.append(f"`{path}`: {end}")
            return found
        fenced = _fenced(lines, number, end, path, frozenset() if but else known)
        path = fenced.path
        if not path:
            nameless.append(fenced)
        elif path not in but and not _holds_diff(lines[number], path):
            _add(found, fenced)
        number = floor = end + 1
    if not found and not but and len(nameless) == 1 and fence_info(lines[_opening(nameless[0])]) not in _NOT_FILES:
        found.edits.append(_edit(nameless[0]))
    return found


def _opening(fenced: _Fenced) -> int:
    return fenced.end - fenced.content.count("\n") - 1


def _fenced(lines: Sequence[str], opening: int, end: int, path: str, known: Collection[str]) -> _Fenced:
    """The text in a fence; where nothing above it says so, its first line may name its file."""
    inside = list(lines[opening + 1 : end])
    named = "" if path or not inside else path_in_comment(inside[0], known)
    if named:
        return _Fenced(named, text_of(inside[1:]), end, inside[0])
    return _Fenced(path, text_of(inside), end)


def _add(found: Found, fenced: _Fenced) -> None:
    if any(map(_MARKER.match, fenced.content.split("\n"))):
        found.problems.append(f"`{fenced.path}`: the text has lines that look like markers of blocks; {_HOWTO}")
    else:
        found.edits.append(_edit(fenced))


def _holds_diff(line: str, path: str) -> bool:
    return fence_info(line).split(" ")[0] in _DIFFS and not path.endswith((".diff", ".patch"))


def _edit(fenced: _Fenced) -> FileEdit:
    return FileEdit(ChangeKind.REWRITE, fenced.path, content=fenced.content, open=True, first=fenced.first)


def _end(lines: Sequence[str], opening: int, known: Collection[str]) -> int | str:
    """The line that closes a fence, or why that is not clear.

    Inside, a fence with a name opens another and a bare one closes; what is left over must come in pairs. One that is
    indented by four blanks more than the first is the file's own text, as in Markdown.
    """
    length, deepest = fence_length(lines[opening]), _depth(lines[opening]) + _DEEPER
    depth = 1
    for number in range(opening + 1, len(lines)):
        size = fence_length(lines[number])
        if size < length or _depth(lines[number]) > deepest or lines[number].strip()[0] != lines[opening].strip()[0]:
            continue
        depth += 1 if fence_info(lines[number]) else -1
        if depth == 0:
            if _rest_is_paired(lines, number + 1, known, deepest):
                return number
            break
    else:
        return "the code fence is not closed; write the file to its end"
    return "the text holds code fences, and it is not clear where it ends; write a longer fence around it"


def _rest_is_paired(lines: Sequence[str], start: int, known: Collection[str], deepest: int) -> bool:
    """Whether the fences up to the next one that has a path open with a name and close bare."""
    is_open = False
    for number in range(start, len(lines)):
        if not is_fence(lines[number]) or _depth(lines[number]) > deepest:
            continue
        named = bool(fence_info(lines[number]))
        if not is_open and (path_in_fence(lines[number], known) or label_above(lines, number, start, known)):
            return True
        if not named and not is_open:
            return False
        is_open = not is_open or named
    return not is_open


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _are_too_many(lines: Sequence[str]) -> bool:
    return sum(map(is_fence, lines)) > 2 * _MAX_FENCED
