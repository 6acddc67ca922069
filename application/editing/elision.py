"""Lines that stand for code which is not written out: `...`, `# rest of the code`, `// existing code here`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from application.editing.answer import SearchReplace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_DOTS = re.compile(r"\s*(?:\.\.\.|\u2026)\s*\Z")
_COMMENT = re.compile(r"\s*(?:#|//|/\*|--|<!--|;|%|\{/\*|\"\"\"|''')(.*)\Z", re.DOTALL)
_BARE_WORDS = re.compile(r"\s*[\[(<]?\s*(?:\.\.\.|\u2026)(.*)\Z", re.DOTALL)
_LEFT_OUT = re.compile(
    r"(?:\.\.\.|\u2026).{0,60}\b(?:existing|rest|remaining|unchanged|previous|same|omitted|original)\b"
    r"|\b(?:existing|rest of(?: the)?|remaining|unchanged|previous|other|original)\b.{0,60}(?:\.\.\.|\u2026)"
    r"|\b(?:rest|remainder) of (?:the |this |your )?(?:\w+ )?(?:code|file|class|function|method|module)\b"
    r"|\b(?:existing|remaining|previous|original|other) (?:code|methods?|functions?|implementation|imports?|content)"
    r"(?: (?:here|remains?|stays?|goes here|unchanged|omitted|continues))\b"
    r"|\b(?:code|methods?|functions?|imports?) (?:remains?|stays?) (?:the same|unchanged|as (?:is|before))\b",
    re.IGNORECASE,
)
_SUSPECT = re.compile(
    r"\.\.\.|\u2026|rest of|remainder of|existing|remaining|previous|original|other|remains?\b|stays?\b", re.IGNORECASE
)
_LONGEST = 200
_COMMENTED = frozenset("#/-<;%{\"'[(.\u2026")
_OPENS = (":", "{", "(", "[", ",", '"""', "'''", "=", "->")


def elided(new: Sequence[str], is_written: Callable[[str], bool]) -> str | None:
    """The first of the new lines that stands for code which is left out.

    Those of which `is_written` (asked for the line without white space around it) says so are in the file as they are.
    """
    if not _SUSPECT.search("\n".join(new)):
        return None
    above = ""
    for line in new:
        if _stands_for_more(line, above) and not is_written(line.strip()):
            return line.strip()
        above = line if line.strip() else above
    return None


def _stands_for_more(line: str, above: str) -> bool:
    if len(line) > _LONGEST:
        return False
    if _DOTS.match(line):
        return not above.rstrip().endswith(_OPENS)
    words = _COMMENT.match(line) or _BARE_WORDS.match(line)
    return words is not None and _LEFT_OUT.search(line) is not None


def pieces(search: Sequence[str], replace: Sequence[str]) -> list[SearchReplace]:
    """The blocks between lines of dots, where both texts have as many of them; empty where there are none.

    What the dots stand for stays. A piece that is empty on one side only would have no place.
    """
    if not any(map(_stands_between, search)):
        return []
    old, new = _between_dots(search), _between_dots(replace)
    if len(old) != len(new):
        return []
    found = [SearchReplace(before, after) for before, after in zip(old, new, strict=True) if before != after]
    return found if all(block.search.strip() for block in found) else []


def _stands_between(line: str) -> bool:
    bare = line.strip()
    if bare in {"...", "\u2026"}:
        return True
    return bare[:1] in _COMMENTED and bool(_SUSPECT.search(line)) and _stands_for_more(line, "")


def _between_dots(lines: Sequence[str]) -> list[str]:
    parts: list[list[str]] = [[]]
    for line in lines:
        if _stands_between(line):
            parts.append([])
        else:
            parts[-1].append(f"{line}\n")
    return ["".join(part) for part in parts]
