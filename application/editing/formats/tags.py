"""The tags of an answer: what an opening line says.

A tag counts only at the very beginning of a line, so that prose and indented content may speak of tags.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SECTIONS = ("title", "summary", "nothing", "questions")
"""The tags that hold prose."""

_FILE = re.compile(r"<(file(?:-[A-Za-z0-9]{1,40})?)(?=[\s/>])")
_ATTRIBUTE = re.compile(r"""\s*+([A-Za-z_][\w-]*+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|`([^`]*+)`|([^\s"'`<>]++))""")
_END = re.compile(r"\s*+(/?)>")


@dataclass(frozen=True, slots=True)
class FileTag:
    """The opening line of a file: the tag's name, its attributes, and what follows on the line.

    `name` is `file`, or `file-…` for content that is taken literally up to the closing tag of that very name.
    `rest` is None where the tag closes itself.
    """

    name: str
    attributes: dict[str, str]
    rest: str | None

    @property
    def closing(self) -> str:
        """The line that ends the file."""
        return f"</{self.name}>"

    @property
    def is_literal(self) -> bool:
        """Whether nothing in the content has a meaning of its own."""
        return self.name != "file"


def opens_file(line: str) -> bool:
    """Whether a line begins with a file's tag, well formed or not."""
    return _FILE.match(line) is not None


def read_file_tag(line: str) -> FileTag | None:
    """The file's tag that a line begins with; None where it is not well formed."""
    start = _FILE.match(line)
    if start is None:
        return None
    attributes: dict[str, str] = {}
    position = start.end()
    while found := _ATTRIBUTE.match(line, position):
        attributes.setdefault(found[1].lower(), next(value for value in found.groups()[1:] if value is not None))
        position = found.end()
    end = _END.match(line, position)
    if end is None:
        return None
    return FileTag(start[1], attributes, None if end[1] else line[end.end() :])


def opened_section(line: str) -> str | None:
    """The name of the section that a line opens."""
    return next((name for name in SECTIONS if line.startswith(f"<{name}>")), None) if line[:1] == "<" else None


def closes_something(line: str) -> bool:
    """Whether a line is nothing but a closing tag."""
    bare = line.rstrip()
    return bare in {f"</{name}>" for name in SECTIONS} or (
        bare.startswith("</file") and opens_file(f"<{bare.removeprefix('</')}")
    )


def hides_file_tag(line: str) -> bool:
    """Whether a file's tag stands in mid-line, where it would be overlooked; one after a backtick is a quotation."""
    before, tag, after = line.partition("<file")
    return bool(tag) and not before.endswith("`") and "path=" in after
