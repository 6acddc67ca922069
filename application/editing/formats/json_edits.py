"""Edits inside JSON: objects with a path and old and new text, a tool's call, or several of these in a list.

Forgiven is a line break inside a string, and a comma before a closing bracket.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from application.editing.answer import FileEdit, Hint, SearchReplace
from application.editing.formats.found import Found
from application.editing.formats.labels import clean_path
from domain.change_set import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATHS = ("path", "file_path", "filepath", "filename", "file", "target_file", "relative_path", "new_path")
_OLD = (
    "search", "old_string", "old_str", "old_text", "oldText", "old", "original", "find", "before", "old_code",
    "original_code", "original_text",
)  # fmt: skip
_NEW = (
    "replace", "new_string", "new_str", "new_text", "newText", "new", "updated", "replacement", "after", "new_code",
    "updated_code", "modified_code", "updated_text",
)  # fmt: skip
_CONTENT = ("content", "contents", "file_text", "text", "code", "new_content")
_DIFF = ("diff", "patch")
_IN_LINE = {"old_string", "old_str", "oldText", "old_text"}
_INSIDE = (
    "edits", "changes", "files", "blocks", "operations", "actions", "replacements", "tool_calls", "calls", "function",
    "arguments", "input", "parameters", "args", "edit", "change", "tool_input", "modifications", "diffs", "patches",
    "content", "search_replace", "command", "cmd",
)  # fmt: skip
_WORDS = re.compile(
    r'"(?:'
    + "|".join((*_PATHS, *_OLD, *_CONTENT, *_DIFF, "files", "input", "command", "cmd", "arguments"))
    + r')\\*"\s*:'
)
_START = re.compile(r"(?:^|[:>`])[ \t]*(?=[\[{]\s*[\"{\[])", re.MULTILINE)
_PATCH = "*** Begin Patch\n"
_COMMA = re.compile(r",(\s*[\]}])")
_MAX_VALUES = 20
_MAX_UNREAD = 3
_DEEPEST = 12
_DECODER = json.JSONDecoder(strict=False)

Inner = Callable[[Sequence[str], str], Found]
"""Reads a diff or blocks that a value holds; the text is for the file that is named beside it."""


def read_json(lines: Sequence[str], inner: Inner, limit: int) -> Found | None:
    """The edits of an answer in JSON, None where it is not; `inner` reads a diff that a value holds.

    The first value begins above line `limit`.
    """
    text = "\n".join(lines)
    if not _WORDS.search(text):
        return None
    found = Found()
    seen = False
    position = 0
    unread = 0
    last = sum(len(line) + 1 for line in lines[:limit])
    for _ in range(_MAX_VALUES):
        start = _start(text, position)
        if start is None or (not seen and start >= last):
            break
        value, end = _decoded(text, start)
        if end is None and _is_in_line(text, start) and unread < _MAX_UNREAD:
            unread, position = unread + 1, start + 1
            continue
        if end is None:
            return _broken(found, seen=seen, starts=not text[:start].strip("`json \n"))
        position = end
        seen |= _walk(value, "", found, inner, 0)
    return found if seen else None


def _start(text: str, position: int) -> int | None:
    """Where the next value begins: at a bracket at the beginning of a line, or after a colon or a tag."""
    match = _START.search(text, position)
    return match.end() if match else None


def _is_in_line(text: str, start: int) -> bool:
    """Whether something stands before the value on its line: it may well be code."""
    return bool(text[text.rfind("\n", 0, start) + 1 : start].strip())


def _decoded(text: str, start: int) -> tuple[object, int | None]:
    """The value and where it ends; None as the end where it cannot be read."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        pass
    try:
        tail = _COMMA.sub(r"\1", text[start:])
        value, length = _DECODER.raw_decode(tail)
    except (ValueError, RecursionError):
        return None, None
    return value, start + length


def _broken(found: Found, *, seen: bool, starts: bool) -> Found | None:
    if seen or starts:
        found.problems.append("the JSON cannot be read: escape quotes and backslashes inside of strings, and close it")
        return found
    return None


def _walk(value: object, path: str, found: Found, inner: Inner, depth: int) -> bool:
    """Take over the edits that a value holds; whether there were any. `path` is the enclosing object's."""
    if depth > _DEEPEST:
        return False
    if isinstance(value, list):
        return _walk_each(value, path, found, inner, depth)
    if isinstance(value, str) and _PATCH in value:
        found.add(inner(value[value.index(_PATCH) :].split("\n"), path))
        return True
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        decoded, end = _decoded(value, len(value) - len(value.lstrip()))
        return end is not None and _walk(decoded, path, found, inner, depth + 1)
    if not isinstance(value, dict):
        return False
    path = clean_path(_text(value, _PATHS) or path)
    if _edit(value, path, found, inner):
        return True
    inside = [value[key] for key in _INSIDE if key in value]
    return _walk_each(inside, path, found, inner, depth) or _file_map(value.get("files"), found)


def _walk_each(values: Sequence[object], path: str, found: Found, inner: Inner, depth: int) -> bool:
    """Walk all of them, also after the first that holds an edit."""
    return sum(_walk(value, path, found, inner, depth + 1) for value in values) > 0


def _edit(value: Mapping[str, object], path: str, found: Found, inner: Inner) -> bool:
    old, new = _text(value, _OLD), _text(value, _NEW)
    action = str(value.get("command") or value.get("action") or value.get("type") or "").lower()
    if old is not None and new is not None:
        found.edits.append(_replacement(value, path, old, new))
    elif action in {"delete", "remove", "delete_file"} and path:
        found.edits.append(FileEdit(ChangeKind.DELETE, path))
    elif action == "insert" and new is not None:
        found.problems.append(f"`{path}`: a line number alone does not say where to insert; give the old text as well")
    elif (diff := _text(value, _DIFF)) is not None:
        found.add(inner(diff.split("\n"), path))
    elif path and (content := _text(value, _CONTENT)) is not None:
        found.edits.append(FileEdit(ChangeKind.REWRITE, path, content=_ended(content), open=True))
    else:
        return False
    return True


def _replacement(value: Mapping[str, object], path: str, old: str, new: str) -> FileEdit:
    in_line = any(key in value for key in _IN_LINE) and not old.endswith("\n")
    if in_line and new.endswith("\n"):
        new += "\n"  # what follows the old text, a line feed, follows the new one
    everywhere = value.get("replace_all") is True
    line = value.get("start_line")
    hint = Hint(line=line if isinstance(line, int) and line > 0 else 0)
    block = SearchReplace(_ended(old), _ended(new), hint, everywhere=everywhere, in_line=in_line)
    return FileEdit(ChangeKind.EDIT, path, (block,), open=not old.strip())


def _file_map(value: object, found: Found) -> bool:
    """`{"files": {path: content}}`."""
    if not isinstance(value, dict) or not value or not all(isinstance(text, str) for text in value.values()):
        return False
    found.edits += [
        FileEdit(ChangeKind.REWRITE, clean_path(path), content=_ended(text), open=True) for path, text in value.items()
    ]
    return True


def _text(value: Mapping[str, object], keys: Sequence[str]) -> str | None:
    return next((text for key in keys if isinstance(text := value.get(key), str)), None)


def _ended(text: str) -> str:
    text = text.replace("\r\n", "\n")
    return text if not text or text.endswith("\n") else f"{text}\n"
