"""Replacing a part of a line: only for the conventions whose search text is any text, not whole lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.editing.alignment import fresh
from application.editing.locate import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_PLACES = 1_000


def places_in_lines(lines: Sequence[str], search: str, replace: str) -> list[Place]:
    """The places where a text stands that begins or ends within a line, but within no word."""
    text = "\n".join(lines)
    found: list[Place] = []
    at = text.find(search) if search else -1
    while at >= 0 and len(found) < _MAX_PLACES:
        stop = at + len(search)
        if not (_joins(text[at - 1 : at], search[0]) or _joins(search[-1], text[stop : stop + 1])):
            found.append(_place(text, at, stop, replace))
        at = text.find(search, stop)
    return found


def _joins(before: str, after: str) -> bool:
    return (before.isalnum() or before == "_") and (after.isalnum() or after == "_")


def _place(text: str, at: int, stop: int, replace: str) -> Place:
    begins = text.rfind("\n", 0, at) + 1
    ends = text.find("\n", stop)
    ends = len(text) if ends < 0 else ends
    first, last = text.count("\n", 0, begins), text.count("\n", 0, stop)
    head = text[begins:at]
    lines = (head + replace + text[stop:ends]).split("\n")
    shown = any(line[:1].isspace() and line.strip() for line in text[at:stop].split("\n")[1:])
    unclear = "\n" in replace and not shown and bool(head) and not head.strip()
    parts = (fresh(0, last + 1 - first, 0, len(lines)),)
    why = "it is not clear how deep the lines of the new text belong; give whole lines" if unclear else ""
    return Place(first, last + 1, parts, tuple(lines), "within a line", unclear=why)
