"""The words around the edits of an answer in another format than our own: the same tags, where there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.editing.formats.tags import opened_section

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 200


def take_sections(lines: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """The answer without its `<title>`, `<summary>`, `<nothing>` and `<questions>`, and those by name.

    A section is one only if its closing tag ends a line, at most 200 lines below: code may hold such tags as well.
    """
    rest: list[str] = []
    sections: list[tuple[str, str]] = []
    number = 0
    while number < len(lines):
        name = opened_section(lines[number])
        end = _end(lines, number, name) if name and name not in {known for known, _ in sections} else None
        if name is None or end is None:
            rest.append(lines[number])
            number += 1
            continue
        text = "\n".join(lines[number : end + 1]).strip()
        sections.append((name, text.removeprefix(f"<{name}>").removesuffix(f"</{name}>").strip()))
        number = end + 1
    return rest, sections


def _end(lines: Sequence[str], start: int, name: str) -> int | None:
    closing = f"</{name}>"
    stop = min(start + _LONGEST, len(lines))
    return next((number for number in range(start, stop) if lines[number].rstrip().endswith(closing)), None)
