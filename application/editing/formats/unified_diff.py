"""Unified diffs, with git's headers or without, whose numbers and counts may be wrong.

A hunk becomes one block: what it keeps and removes is the old text, what it keeps and adds the new.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.editing.answer import FileEdit, Hint, SearchReplace
from application.editing.formats.fences import fence_info, is_fence
from application.editing.formats.found import Found, text_of
from application.editing.formats.labels import clean_path, label_above
from domain.change_set import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_HUNK = re.compile(r"@@+(?: -(\d{1,9})(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@+ ?(.*)| ?\.\.\. ?@@+ ?(.*)|[ @]*)\Z")
_NUMBERS = re.compile(r"[-+\d,X\s]*(?:lines?\s*[\d-]+)?[@\s]*")
_SIDE = re.compile(r"\s+\((?:original|modified|updated|old|new|before|after)\)\Z", re.IGNORECASE)
_FENCES = {"diff", "patch", "udiff"}
_GIT = re.compile(r'diff --git (?:"?a/)?(.+?)"? (?:"?b/)?(.+?)"?\Z')
_OCTAL = re.compile(rb"\\([0-7]{3})")
_NO_FILE = {"/dev/null", "dev/null", "nul"}
_NO_NEWLINE = "\\ No newline"
_EXTENDED = ("index ", "old mode ", "new mode ", "similarity index ", "dissimilarity index ", "copy from ", "copy to ")


@dataclass(slots=True)
class _File:
    """One file's part of the diff, while it is read."""

    old: str = ""
    new: str = ""
    created: bool = False
    deleted: bool = False
    renamed: bool = False
    blocks: list[SearchReplace] = field(default_factory=list)
    headed: bool = False
    body_at: int = -1
    from_nothing: bool = False


def is_diff(lines: Sequence[str]) -> bool:
    """Whether the lines hold a unified diff: a header, or a hunk at the top of the text or of a fence."""
    above = "```diff"
    for number, line in enumerate(lines):
        if _heads(lines, number) or _heads_alone(lines, number) or line.startswith("diff --git "):
            return True
        if line.startswith("@@") and above.strip("`~ ").lower() in _FENCES:
            return True
        above = line if line.strip() else above
    return False


def has_bare_diff(lines: Sequence[str]) -> bool:
    """Whether a fence says that it holds a diff, and has its lines without any header."""
    return any(_opens_bare_diff(lines, number) for number in range(len(lines)))


def read_unified_diff(lines: Sequence[str], known: Collection[str], path: str = "") -> Found:
    """The edits of a diff; `path` is the file that hunks without a header belong to."""
    reader = _Reader(lines, known, path)
    reader.run()
    return reader.found


class _Reader:
    def __init__(self, lines: Sequence[str], known: Collection[str], path: str) -> None:
        self._lines = lines
        self._known = known
        self._next = self._floor = 0
        self._file = _File(old=path, new=path)
        self.found = Found()

    def run(self) -> None:
        while self._next < len(self._lines) and not self.found.problems:
            self._header(self._lines[self._next])
        self._finish()

    def _header(self, line: str) -> None:
        if line.startswith("diff --git "):
            self._finish()
            names = _GIT.match(line)
            self._file = _File(_name(names[1]), _name(names[2])) if names else _File()
            self._file.headed = True
        elif _heads(self._lines, self._next):
            self._names(line, self._lines[self._next + 1])
            self._next += 1
        elif _heads_alone(self._lines, self._next):
            self._names(line, line)
        elif line.startswith("@@"):
            self._hunk(line)
            return
        elif _opens_bare_diff(self._lines, self._next):
            self._label()
        elif self._next == self._file.body_at and line.strip() and line[0] in " +-":
            self._next -= 1
            self._hunk("@@")
            return
        else:
            self._extended(line)
        self._next += 1

    def _label(self) -> None:
        """A fence whose hunks have no header: they are for the file that is named above it."""
        path = label_above(self._lines, self._next, self._floor, self._known)
        if path:
            self._finish()
            self._file = _File(old=path, new=path)
        self._file.headed = True
        self._file.body_at = self._next + 1

    def _names(self, old: str, new: str) -> None:
        before, after = _name(old[3:]), _name(new[3:])
        pending = self._file.headed and not self._file.blocks
        created, deleted = before in _NO_FILE, after in _NO_FILE
        if not pending:
            self._finish()
            self._file = _File()
        before, after = _unprefixed(before, after)
        self._file.old, self._file.new = (after, after) if created else (before, before) if deleted else (before, after)
        self._file.body_at = self._next + 2
        self._file.created |= created
        self._file.deleted |= deleted
        self._file.headed = True

    def _extended(self, line: str) -> None:
        """Git's own lines between a header and its hunks; anything else there is prose."""
        if not self._file.headed or self._file.blocks:
            return
        if line.startswith("new file mode"):
            self._file.created = True
        elif line.startswith("deleted file mode"):
            self._file.deleted = True
        elif line.startswith("rename from "):
            self._file.old, self._file.renamed = _name(line.removeprefix("rename from ")), True
        elif line.startswith("rename to "):
            self._file.new, self._file.renamed = _name(line.removeprefix("rename to ")), True
        elif line.startswith(("Binary files ", "GIT binary patch")):
            self._problem(f"`{self._file.new}`: a binary file cannot be changed by a diff")
        elif line[:1] in {"+", "-"} and not line.startswith(("+++", "---")):
            self._problem(f"`{self._file.new}`: a hunk begins with a line `@@ … @@`, not with `{line[:60]}`")

    def _hunk(self, header: str) -> None:
        match = _HUNK.match(header)
        start, old_count, new_count, *context = match.groups() if match else (None,) * 5
        self._next += 1
        counts = (int(old_count or 1), int(new_count or 1)) if start else None
        self._file.from_nothing |= start == "0" and old_count == "0"
        body = _body_by_counts(self._lines, self._next, counts) or _body(self._lines, self._next)
        self._next += len(body)
        self._floor = self._next
        self._file.headed = True
        if match is None:
            context = [_NUMBERS.sub("", header.strip("@ "), count=1).strip("@ ")]
        above = tuple(text.strip() for text in context if text and text.strip())
        if counts and counts[0] == 0 and start and int(start) and counts[1] == len(body):
            start = str(int(start) + 1)  # lines are added after that line
        hint = Hint(line=int(start) if start else 0, after=above)
        block = _block(body, hint, is_sure=counts is not None and counts[0] == 0)
        if isinstance(block, str):
            self._problem(f"`{self._file.new}`: the hunk `{header[:60]}` {block}")
        elif block is not None:
            self._file.blocks.append(block)

    def _finish(self) -> None:
        file = self._file
        if not file.headed:
            return
        edit = _edit(file, self._known)
        if edit is not None:
            self.found.edits.append(edit)
        elif not self.found.problems:
            self._problem(f"`{file.new or file.old}`: the diff has no hunk that changes a line")

    def _problem(self, text: str) -> None:
        self.found.problems.append(text)


def _heads(lines: Sequence[str], number: int) -> bool:
    """Whether a file's header of two lines begins there."""
    if not lines[number].startswith("---") or number + 1 >= len(lines) or not lines[number + 1].startswith("+++"):
        return False
    old, new = lines[number][3:].strip(), lines[number + 1][3:].strip()
    return bool(old and new) and not old.startswith("-") and "REPLACE" not in new


def _heads_alone(lines: Sequence[str], number: int) -> bool:
    """Whether the line is one half of a file's header, right above a hunk."""
    line = lines[number]
    return line.startswith(("+++ ", "--- ")) and number + 1 < len(lines) and lines[number + 1].startswith("@@ -")


def _opens_bare_diff(lines: Sequence[str], number: int) -> bool:
    """Whether a fence opens there whose first line is of a hunk, or its header."""
    line = lines[number]
    if line[:1] not in "`~" or fence_info(line).lower() not in _FENCES or number + 1 >= len(lines):
        return False
    return lines[number + 1][:1] in {" ", "+", "-", "@"} and not lines[number + 1].startswith(("---", "+++"))


def _name(raw: str) -> str:
    """A path of a header, without a time stamp, quotes and octal escapes."""
    text = _SIDE.sub("", raw.partition("\t")[0].strip())
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        octets = _OCTAL.sub(lambda found: bytes([int(found[1], 8) & 0xFF]), text[1:-1].encode("utf-8", "replace"))
        text = octets.decode("utf-8", "replace").replace('\\"', '"').replace("\\\\", "\\")
    return clean_path(text)


def _unprefixed(old: str, new: str) -> tuple[str, str]:
    """The paths without git's `a/` and `b/`, which are taken off together or not at all."""
    old_off = old.removeprefix("a/") if old.startswith("a/") else None
    new_off = new.removeprefix("b/") if new.startswith("b/") else None
    if (old_off is not None or old in _NO_FILE) and (new_off is not None or new in _NO_FILE):
        return old_off or old, new_off or new
    return old, new


def _body_by_counts(lines: Sequence[str], start: int, counts: tuple[int, int] | None) -> list[str]:
    """The hunk's lines where its counts are right to the line; empty where they are not."""
    if counts is None:
        return []
    old, new = counts
    number = start
    while (old > 0 or new > 0) and number < len(lines) and lines[number][:1] in {" ", "+", "-"}:
        if _heads_hunks(lines, number):
            return []
        old -= lines[number][0] != "+"
        new -= lines[number][0] != "-"
        number += 1
        while number < len(lines) and lines[number].startswith(_NO_NEWLINE):
            number += 1
    more = number < len(lines) and lines[number][:1] in {"+", "-", " "} and not _heads(lines, number)
    return list(lines[start:number]) if old == new == 0 and not more else []


def _heads_hunks(lines: Sequence[str], number: int) -> bool:
    """Whether a header of one and the same file, and a hunk, begin there: counts that go beyond are wrong."""
    if lines[number][:3] != "---" or not _heads(lines, number) or _still_inside(lines, number):
        return False
    old, new = _unprefixed(_name(lines[number][3:]), _name(lines[number + 1][3:]))
    return old == new or old in _NO_FILE or new in _NO_FILE


def _body(lines: Sequence[str], start: int) -> list[str]:
    """The hunk's lines, up to the next header, fence, or text that cannot be code; blank lines at its end left out."""
    number = start
    while number < len(lines) and not _ends_hunk(lines, number):
        number += 1
    while number > start and not lines[number - 1].strip(" \t"):
        number -= 1
    return list(lines[start:number])


def _ends_hunk(lines: Sequence[str], number: int) -> bool:
    line = lines[number]
    if line[:1] in {" ", "+", "\\"}:
        return False
    if line[:1] == "-":
        return _heads(lines, number) and not _still_inside(lines, number)
    if line.startswith(("@@", "diff --git ", "*** ")) or is_fence(line) or line.startswith(_EXTENDED):
        return True
    return bool(line.strip()) and number > 0 and not lines[number - 1].strip()


def _still_inside(lines: Sequence[str], number: int) -> bool:
    """Whether what looks like a header is a removed and an added line: no hunk follows it."""
    return number + 2 < len(lines) and not lines[number + 2].startswith("@@")


def _block(body: Sequence[str], hint: Hint, *, is_sure: bool) -> SearchReplace | str | None:
    """The hunk as a block, None where it changes nothing."""
    old: list[str] = []
    new: list[str] = []
    ends: dict[str, bool] = {}
    mark = ""
    for line in body:
        if line.startswith("\\"):
            ends |= {"old": False} if mark == "-" else {"new": False} if mark == "+" else {"old": False, "new": False}
            continue
        mark, text = (line[:1], line[1:]) if line[:1] in {" ", "+", "-"} else (" ", line)
        if mark != "+":
            old.append(text)
        if mark != "-":
            new.append(text)
    if old == new and len(ends) != 1:
        return None
    if not old and hint.line and not is_sure:
        return "adds lines without any line around them; give a few lines of context"
    final = None if not ends else ends.get("new", True)
    return SearchReplace(text_of(old), text_of(new), hint, final)


def _edit(file: _File, known: Collection[str]) -> FileEdit | None:
    if file.renamed:
        return FileEdit(ChangeKind.RENAME, file.old, tuple(file.blocks), renamed_to=file.new, ordered=True)
    if file.deleted and not any(block.replace for block in file.blocks):
        return FileEdit(ChangeKind.DELETE, file.old)
    created = file.created or (file.from_nothing and file.new not in known and len(known) > 1)
    if created and not any(block.search.strip() for block in file.blocks):
        return _created(file)
    if not file.blocks:
        return None
    path = file.old if file.old in known and file.new not in known else file.new or file.old
    return FileEdit(ChangeKind.EDIT, path, tuple(file.blocks), ordered=True)


def _created(file: _File) -> FileEdit:
    content = "".join(block.replace for block in file.blocks)
    cut = content.endswith("\n") and bool(file.blocks) and file.blocks[-1].final_newline is False
    return FileEdit(ChangeKind.CREATE, file.new, content=content[:-1] if cut else content)
