"""Search/replace blocks as aider, Cline, Roo Code and others write them: a path above, markers around old and new text.

    path/to/file.py                      ------- SEARCH
    ```python                            old lines
    <<<<<<< SEARCH                       =======
    old lines                            new lines
    =======                              +++++++ REPLACE
    new lines
    >>>>>>> REPLACE
    ```

Also `ORIGINAL` and `UPDATED`, a conflict's `HEAD`, `:start_line:` below the opening marker, line numbers before the
text, and a backslash before lines of the text that look like markers.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from application.editing.answer import FileEdit, Hint, SearchReplace
from application.editing.formats.fences import is_fenced, unfenced
from application.editing.formats.found import Found, text_of
from application.editing.formats.labels import clean_path, label_above
from application.editing.formats.line_numbers import without_numbers
from domain.change_set import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_OPENING = re.compile(
    r"(?P<indent>[ \t]*)(?:(?P<mark><{3,30}) {0,2}(?i:SEARCH|ORIGINAL|HEAD|OLD|BEFORE)|(?P<dashes>-{5,30}) SEARCH)"
    r"[>:]?(?:[ \t]+(?:<+|(?P<path>\S+)))?[ \t]*\Z"
)
_CLOSING = re.compile(
    r"[ \t]*(?:>{3,30} {0,2}(?i:REPLACE|UPDATED|MODIFIED|NEW|AFTER)[>:]?(?: ?[<>]+)?|\+{5,30} REPLACE|<{5,30} REPLACE)"
    r"[ \t]*\Z"
)
_CONFLICT_END = re.compile(r">{5,30} ?\S*[ \t]*\Z")
_SEPARATOR = re.compile(r"[ \t]*(={3,30})[ \t]*\Z")
_TITLED_SEPARATOR = re.compile(r"(={5,30})[ \t]*[A-Z]+[ \t]*\Z")
_STRICT_SEPARATOR = re.compile(r"(={5,30})\Z")
_HINT = re.compile(r":(start|end)_line:\s*(\d{1,7})\s*\Z")
_RULE = re.compile(r"-{5,}\s*\Z")
_ESCAPED = re.compile(r"\\(?=[<=>+-]{5})")
_SHORTEST = 5
_HOWTO = (
    "a block is a line `<<<<<<< SEARCH`, the old lines, a line `=======`, the new lines, and a line `>>>>>>> REPLACE`; "
    "where the text itself holds such a line, write a backslash before it"
)


class _Block(NamedTuple):
    block: SearchReplace
    path: str
    end: int


def opens_block(line: str) -> bool:
    """Whether a line is the opening marker of a block."""
    return _OPENING.match(line) is not None


def closes_block(line: str) -> bool:
    """Whether a line is the closing marker of a block."""
    return _CLOSING.match(line) is not None


def read_search_replace(lines: Sequence[str], known: Collection[str], path: str = "") -> Found:
    """The blocks of an answer; `path` is the file that they belong to where nothing says otherwise."""
    found = Found()
    number = floor = 0
    while number < len(lines):
        if _CLOSING.match(lines[number]):
            found.problems.append(f"line {number + 1}, `{lines[number].strip()}`, closes no block; {_HOWTO}")
            return found
        if not opens_block(lines[number]):
            number += 1
            continue
        read = _read(lines, number)
        if isinstance(read, str):
            found.problems.append(f"the block at line {number + 1} {read}; {_HOWTO}")
            return found
        path = read.path or label_above(lines, number, floor, known, lonely=True) or path
        found.edits.append(_edit(path, read.block))
        number = floor = read.end + 1
    return found


def _edit(path: str, block: SearchReplace) -> FileEdit:
    return FileEdit(ChangeKind.EDIT, path, (block,), open=not block.search.strip() and not block.hint.line)


def _read(lines: Sequence[str], opening: int) -> _Block | str:
    """The block that opens there, or what is wrong with it."""
    found = _OPENING.match(lines[opening])
    if found is None:
        return "does not open"
    end = _end(lines, opening, is_conflict="HEAD" in lines[opening])
    mark = found["mark"] or found["dashes"]
    if end is None:
        return "is not closed"
    separator = _separator(lines, opening, end, mark)
    if separator is None:
        return "has not exactly one line `=======`"
    indent = found["indent"]
    old, hint = _hinted(_outdented(lines[opening + 1 : separator], indent))
    new = _outdented(lines[separator + 1 : end], indent)
    block = _with_readings(old, new, hint)
    return _Block(block, clean_path(found["path"] or ""), end) if block else "has line numbers in some lines only"


def _end(lines: Sequence[str], opening: int, *, is_conflict: bool) -> int | None:
    """The closing marker; where there is none before the next block, the only line below the separator like one."""
    alike: list[int] = []
    is_below = False
    for number in range(opening + 1, len(lines)):
        if _CLOSING.match(lines[number]) or (is_conflict and _CONFLICT_END.match(lines[number])):
            return number
        if opens_block(lines[number]):
            break
        is_below = is_below or bool(_SEPARATOR.match(lines[number]))
        if is_below and _CONFLICT_END.match(lines[number]):
            alike.append(number)
    return alike[0] if len(alike) == 1 else None


def _separator(lines: Sequence[str], opening: int, end: int, mark: str) -> int | None:
    """The only separator of the opening marker's length; else the only one. Cline's has nothing else on its line."""
    pattern = _STRICT_SEPARATOR if mark.startswith("-") else _SEPARATOR
    found = [(number, match) for number in range(opening + 1, end) if (match := pattern.match(lines[number]))]
    exact = [number for number, match in found if len(match[1]) == len(mark)]
    least = min(_SHORTEST, len(mark))
    candidates = exact or [number for number, match in found if len(match[1]) >= least]
    if not candidates and mark.startswith("<"):
        candidates = [number for number in range(opening + 1, end) if _TITLED_SEPARATOR.match(lines[number])]
    return candidates[0] if len(candidates) == 1 else None


def _outdented(lines: Sequence[str], indent: str) -> list[str]:
    """The lines without the indentation of a block that is indented as a whole."""
    if indent and all(line.startswith(indent) for line in lines if line.strip()):
        return [line.removeprefix(indent) for line in lines]
    return list(lines)


def _hinted(lines: list[str]) -> tuple[list[str], Hint]:
    """The old lines without the hints above them."""
    line = position = 0
    while position < len(lines) and (found := _HINT.match(lines[position])):
        line = int(found[2]) if found[1] == "start" else line
        position += 1
    if position and position < len(lines) and _RULE.match(lines[position]):
        position += 1
    return lines[position:], Hint(line=line, binding=bool(line))


def _with_readings(old: list[str], new: list[str], hint: Hint) -> SearchReplace | None:
    """The block as it is written; read without line numbers, or without backslashes, where that is nowhere."""
    block = SearchReplace(text_of(old), text_of(_unescaped(new)), hint)
    if any(_ESCAPED.match(line) for line in old):
        return replace(block, otherwise=SearchReplace(text_of(_unescaped(old)), block.replace, hint))
    if is_fenced(old):
        texts = unfenced(old), unfenced(new) if is_fenced(new) else new
        return replace(block, otherwise=SearchReplace(text_of(texts[0]), text_of(texts[1]), hint))
    bare = without_numbers(old, new, loosely=hint.binding)
    if bare is None:
        return block
    if bare.unclear:
        return None
    numbered = hint if hint.line else Hint(line=bare.first)
    return replace(block, otherwise=SearchReplace(text_of(bare.old), text_of(bare.new), numbered))


def _unescaped(lines: Sequence[str]) -> list[str]:
    return [_ESCAPED.sub("", line, count=1) if _ESCAPED.match(line) else line for line in lines]
