"""Edits inside XML-like tags, as tools and chat models write them: a path, and content or old and new text.

<edit><path>…</path><search>…</search><replace>…</replace></edit>
<write_to_file><path>…</path><content>…</content></write_to_file>
<replace_in_file><path>…</path><diff>… blocks …</diff></replace_in_file>
<invoke name="str_replace_editor"><parameter name="path">…</parameter>…</invoke>
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from application.editing.answer import FileEdit, SearchReplace
from application.editing.formats.found import Found
from application.editing.formats.labels import clean_path
from domain.change_set import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_PATHS = {"path", "file_path", "filename", "file_name", "filepath", "target_file"}
_OLD = {"search", "old", "old_string", "old_str", "old_text", "original", "find", "old_code", "original_code"}
_NEW = {"replace", "new", "new_string", "new_str", "new_text", "updated", "replacement", "new_code", "updated_code"}
_CONTENT = {"content", "contents", "file_text", "code"}
_DIFF = {"diff", "patch"}
_LEAVES = _PATHS | _OLD | _NEW | _CONTENT | _DIFF
_NAMES = "|".join(sorted(_LEAVES))
_OPENING = re.compile(rf"""<(?:(parameter)(?: name="|=)({_NAMES})"?|({_NAMES}))>""")
_PATH_ATTRIBUTE = re.compile(
    r"""<(?:edit|change|replace|modify|update|search_replace|file_edit)\s(?:[^<>]*\s)?(?:path|file|filename|file_path)="""
    r"""["']([^"'<>]+)["'][^<>]*>"""
)
_HOLDER = re.compile(r"\s*<(delete_file|delete|remove_file)>")
_CDATA = re.compile(r"\s*<!\[CDATA\[\n?(.*?)\n?\]\]>\s*\Z", re.DOTALL)
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#\d+);")
_BARE = re.compile(r"[<>]|&(?!(?:lt|gt|amp|quot|apos|#\d+);)")


def read_xml(lines: Sequence[str], inner: Callable[[Sequence[str], str], Found], limit: int) -> Found | None:
    """The edits of an answer in tags, None where it has none; `inner` reads a diff that a tag holds.

    The first tag stands above line `limit`.
    """
    if not any(_OPENING.search(line) or _PATH_ATTRIBUTE.search(line) for line in lines[:limit] if "<" in line):
        return None
    leaves = list(_leaves(lines))
    names = {name for name, _ in leaves}
    if not names & _PATHS or not names & (_NEW | _CONTENT | _DIFF | {"!delete"}):
        return None
    return _collected(leaves, inner)


def _collected(leaves: Sequence[tuple[str, str]], inner: Callable[[Sequence[str], str], Found]) -> Found:
    found = Found()
    path, old, delete = "", None, False
    for name, text in leaves:
        if name == "!unclosed":
            found.problems.append(f"`<{text}>` is not closed")
        elif name == "!delete":
            delete = True
        elif name in _PATHS:
            path = clean_path(text)
            if delete:
                found.edits.append(FileEdit(ChangeKind.DELETE, path))
            delete = False
        elif name in _OLD:
            old = text
        elif name in _NEW:
            _replace(found, path, old, text)
            old = None
        elif name in _DIFF or (name in _CONTENT and _is_diff(text)):
            found.add(inner(text.split("\n"), path))
        else:
            found.edits.append(
                FileEdit(ChangeKind.REWRITE, path, content=_plain(text, escaped=_is_escaped(text)), open=True)
            )
    return found


def _is_diff(text: str) -> bool:
    return text.lstrip().startswith(("<<<<<<< SEARCH", "------- SEARCH", "@@ "))


def _replace(found: Found, path: str, old: str | None, new: str) -> None:
    if old is None:
        found.problems.append(f"`{path}`: new text without the old text that it replaces")
        return
    escaped = _is_escaped(old + new)
    block = SearchReplace(_plain(old, escaped=escaped), _plain(new, escaped=escaped))
    found.edits.append(FileEdit(ChangeKind.EDIT, path, (block,), open=not old.strip()))


def _is_escaped(text: str) -> bool:
    """Whether all that must be escaped in XML is."""
    return bool(_ENTITY.search(text)) and not _BARE.search(text)


def _plain(text: str, *, escaped: bool = False) -> str:
    """The text of an element: as it is, or unescaped where all of it is escaped."""
    text = html.unescape(text) if escaped else text
    return text if not text or text.endswith("\n") else f"{text}\n"


def _leaves(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The elements that hold text, in order: name and text. `!delete` and `!unclosed` are no elements."""
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if "<" not in line:
            continue
        if _HOLDER.match(line):
            yield "!delete", ""
        if named := _PATH_ATTRIBUTE.search(line):
            yield "path", named[1]
        for _ in range(20):  # elements on one line
            found = _OPENING.search(line)
            if found is None:
                break
            name = found[2] or found[3]
            closing = "</parameter>" if found[1] else f"</{name}>"
            text, rest, number = _text(lines, number, line[found.end() :], closing)
            if rest is None:
                yield "!unclosed", name
                return
            yield name, text
            line = rest


def _text(lines: Sequence[str], number: int, first: str, closing: str) -> tuple[str, str | None, int]:
    """The text up to the closing tag, what follows that on its line (None where it is missing), and the next line.

    In a text of several lines the closing tag begins its line; text that holds it elsewhere is taken literally.
    """
    if closing in first:
        text, _, rest = first.partition(closing)
        return text, rest, number
    pieces = [first] if first else []
    for at in range(number, len(lines)):
        if lines[at].lstrip().startswith(closing):
            return _uncovered("".join(f"{piece}\n" for piece in pieces)), lines[at].lstrip()[len(closing) :], at + 1
        if lines[at].rstrip().endswith(closing) and lines[at].count(closing) == 1:
            pieces.append(lines[at].rstrip().removesuffix(closing))
            return _uncovered("\n".join(pieces)), "", at + 1
        pieces.append(lines[at])
    return "", None, len(lines)


def _uncovered(text: str) -> str:
    found = _CDATA.match(text)
    return f"{found[1]}\n" if found else text
