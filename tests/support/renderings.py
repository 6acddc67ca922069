"""A change written as a model would write it, in every format that is read."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Rendering = Callable[["Fix"], str]

_CONTEXT = 3
_MARKERS = (7, 9, 11, 13, 15)


class NotExpressible(ValueError):
    """The format has no way to say this."""


@dataclass(frozen=True, slots=True)
class Fix:
    """Texts of the files that change, before and after; None where there is no file."""

    before: Mapping[str, str | None]
    after: Mapping[str, str | None]

    def paths(self) -> list[str]:
        """The files that change, in order."""
        return sorted(path for path in self.after if self.after[path] != self.before[path])


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that are searched for, which stand once in the file, and those that come instead."""

    start: int
    search: Sequence[str]
    replace: Sequence[str]


def hunks(before: str, after: str) -> list[Hunk]:
    """The differences with three lines around them, and as many more as it takes to be the only such place."""
    old, new = _lines(before), _lines(after)
    spans = [(max(0, i1 - _CONTEXT), min(len(old), i2 + _CONTEXT)) for i1, i2, *_ in _changes(old, new)]
    while True:
        spans = _joined(spans)
        wider = [
            span if _is_unique(old, *span) else (max(0, span[0] - 3), min(len(old), span[1] + 3)) for span in spans
        ]
        if wider == spans:
            break
        spans = wider
    shift = _shifts(old, new)
    return [Hunk(start, old[start:stop], new[shift(start) : shift(stop, after=True)]) for start, stop in spans]


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _changes(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int, int]]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [(i1, i2, j1, j2) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, stop in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(stop, joined[-1][1])
        else:
            joined.append((start, stop))
    return joined


def _is_unique(lines: Sequence[str], start: int, stop: int) -> bool:
    text = "\n" + "\n".join(lines) + "\n"
    wanted = "\n" + "\n".join(lines[start:stop]) + "\n"
    at = text.find(wanted)
    return any(line.strip() for line in lines[start:stop]) and text.find(wanted, at + 1) < 0


def _shifts(old: Sequence[str], new: Sequence[str]) -> Callable[..., int]:
    changes = _changes(old, new)

    def place(line: int, *, after: bool = False) -> int:
        passed = [
            (j2 - j1) - (i2 - i1) for i1, i2, j1, j2 in changes if (i2 <= line if after else i2 <= line and i1 < line)
        ]
        return line + sum(passed)

    return place


def _marked(hunk: Hunk) -> str:
    """A block whose markers are longer than any line of its text that looks like one."""
    text = {line.rstrip() for line in (*hunk.search, *hunk.replace)}
    taken = {
        f"{char * length}{word}"
        for length in _MARKERS
        for char, word in (("<", " SEARCH"), ("=", ""), (">", " REPLACE"))
    }
    length = next(n for n in _MARKERS if not ({f"{'<' * n} SEARCH", "=" * n, f"{'>' * n} REPLACE"} & text & taken))
    search, replace = "".join(f"{line}\n" for line in hunk.search), "".join(f"{line}\n" for line in hunk.replace)
    return f"{'<' * length} SEARCH\n{search}{'=' * length}\n{replace}{'>' * length} REPLACE\n"


def own_format(fix: Fix) -> str:
    """Our own tags."""
    parts = ["<title>Mend it</title>\n"]
    for path in fix.paths():
        old, new = fix.before[path], fix.after[path]
        if new is None:
            parts.append(f'<file path="{path}" action="delete"></file>\n')
        elif old is None:
            parts.append(f'<file-q path="{path}" action="create">\n{new}</file-q>\n')
        else:
            blocks = "".join(_marked(hunk) for hunk in hunks(old, new))
            parts.append(f'<file path="{path}" action="edit">\n{blocks}</file>\n')
    return "".join(parts)


def search_replace(fix: Fix) -> str:
    """Blocks below their path, in a fence each."""
    parts = ["Here is the change.\n"]
    for path in fix.paths():
        old, new = fix.before[path], fix.after[path]
        if new is None:
            raise NotExpressible
        found = hunks(old, new) if old is not None else [Hunk(0, (), _lines(new))]
        parts += [f"\n{path}\n```\n{_marked(hunk)}```\n" for hunk in found]
    return "".join(parts)


def unified_diff(fix: Fix) -> str:
    """As `git diff` writes it, without the counts being right."""
    parts = []
    for path in fix.paths():
        old, new = fix.before[path], fix.after[path]
        names = ("/dev/null" if old is None else f"a/{path}"), ("/dev/null" if new is None else f"b/{path}")
        parts.append(f"diff --git a/{path} b/{path}\n--- {names[0]}\n+++ {names[1]}\n")
        lines = difflib.unified_diff(_kept(old), _kept(new), n=_CONTEXT)
        parts += [_counted_wrong(line) if line.startswith("@@") else _ended(line) for line in list(lines)[2:]]
    return "".join(parts)


def _kept(text: str | None) -> list[str]:
    """The lines with their ends; lines end at line feeds alone."""
    if not text:
        return []
    pieces = text.split("\n")
    return [f"{piece}\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _counted_wrong(header: str) -> str:
    old, new = header.split()[1:3]
    return f"@@ {old.split(',')[0]},99 {new.split(',')[0]},98 @@\n"


def patch_envelope(fix: Fix) -> str:
    """As codex writes it."""
    parts = ["*** Begin Patch\n"]
    for path in fix.paths():
        old, new = fix.before[path], fix.after[path]
        if new is None:
            parts.append(f"*** Delete File: {path}\n")
        elif old is None:
            parts += [f"*** Add File: {path}\n", *(f"+{line}\n" for line in _lines(new))]
        else:
            parts.append(f"*** Update File: {path}\n")
            parts += [f"@@\n{_signed(hunk)}" for hunk in hunks(old, new)]
    return "".join([*parts, "*** End Patch\n"])


def _signed(hunk: Hunk) -> str:
    lines: list[str] = []
    matcher = difflib.SequenceMatcher(None, hunk.search, hunk.replace, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            lines += [f" {line}\n" for line in hunk.search[i1:i2]]
        else:
            lines += [f"-{line}\n" for line in hunk.search[i1:i2]]
            lines += [f"+{line}\n" for line in hunk.replace[j1:j2]]
    return "".join(lines)


def whole_files(fix: Fix) -> str:
    """Every file whole, in a fence that is longer than any in it."""
    parts = ["Here are the files.\n"]
    for path in fix.paths():
        new = fix.after[path]
        if new is None:
            raise NotExpressible
        fence = "`" * (3 + max((len(line) - len(line.lstrip("`")) for line in new.split("\n")), default=0))
        parts.append(f"\n{path}\n{fence}\n{new}{'' if new.endswith(chr(10)) or not new else chr(10)}{fence}\n")
    return "".join(parts)


def json_edits(fix: Fix) -> str:
    """One object with a list of edits."""
    edits: list[dict[str, str]] = []
    for path in fix.paths():
        old, new = fix.before[path], fix.after[path]
        if new is None:
            edits.append({"path": path, "action": "delete"})
        elif old is None:
            edits.append({"path": path, "content": new})
        else:
            edits += [{"path": path, "search": _text(h.search), "replace": _text(h.replace)} for h in hunks(old, new)]
    return f"```json\n{json.dumps({'edits': edits}, indent=1)}\n```\n"


def xml_edits(fix: Fix) -> str:
    """Elements with old and new text."""
    parts = []
    for path in fix.paths():
        old, new = fix.before[path], fix.after[path]
        if new is None:
            parts.append(f"<delete_file>\n<path>{path}</path>\n</delete_file>\n")
        elif old is None:
            parts.append(f"<write_to_file>\n<path>{path}</path>\n<content>\n{new}</content>\n</write_to_file>\n")
        else:
            parts += [
                f"<edit>\n<path>{path}</path>\n<search>\n{_text(h.search)}</search>\n<replace>\n{_text(h.replace)}"
                "</replace>\n</edit>\n"
                for h in hunks(old, new)
            ]
    return "".join(parts)


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


RENDERINGS: Mapping[str, Rendering] = {
    "own tags": own_format,
    "search/replace": search_replace,
    "unified diff": unified_diff,
    "patch envelope": patch_envelope,
    "whole files": whole_files,
    "JSON": json_edits,
    "XML": xml_edits,
}
"""Every format by its name."""
