"""Taking an answer apart into its envelopes: files and sections, and what stands between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.editing.formats.blocks import is_marker
from application.editing.formats.tags import (
    closes_something,
    hides_file_tag,
    opened_section,
    opens_file,
    read_file_tag,
)

if TYPE_CHECKING:
    from application.editing.formats.tags import FileTag

_TAGS_A_LINE = 10
_HOWTO_CLOSE = (
    "`</file>` must stand on a line of its own after the content; if the content itself has lines with such tags, "
    "use a tag of your own, `<file-x …>` up to `</file-x>`"
)


@dataclass(frozen=True, slots=True)
class FileEnvelope:
    """A file's tag and the lines of its content; `closed` is False where the answer ends before the closing tag."""

    tag: FileTag
    lines: tuple[str, ...]
    closed: bool = True


@dataclass(slots=True)
class Envelopes:
    """What an answer consists of, in order; the text of each section is stripped."""

    files: list[FileEnvelope] = field(default_factory=list)
    sections: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def split_answer(lines: list[str]) -> Envelopes:
    """Take an answer apart; every line is looked at a bounded number of times."""
    splitter = _Splitter(lines)
    splitter.run()
    return splitter.found


class _Splitter:
    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._next = 0
        self._put_back = 0
        self.found = Envelopes()

    def run(self) -> None:
        while self._next < len(self._lines):
            line = self._take()
            if opens_file(line):
                self._file(line)
            elif name := opened_section(line):
                self._section(name, line)
            else:
                self._between(line)

    def _take(self) -> str:
        line = self._lines[self._next]
        self._next += 1
        return line

    def _between(self, line: str) -> None:
        if closes_something(line):
            self._problem(f"`{line.rstrip()}` closes nothing. {_HOWTO_CLOSE}")
        elif is_marker(line):
            self._problem(f"`{line.rstrip()}` stands outside of `<file path=… action=…>`: each block belongs into one")
        elif hides_file_tag(line):
            self._problem(f"`{line.strip()[:80]}`: a `<file …>` tag must stand at the beginning of its line")

    def _file(self, line: str) -> None:
        tag = read_file_tag(line)
        if tag is None:
            self._problem(f'`{line[:80]}` cannot be read; write `<file path="…" action="…">` on one line')
        elif tag.rest is None:
            self.found.files.append(FileEnvelope(tag, ()))
        elif tag.closing in tag.rest or ("</file" in tag.rest and not tag.is_literal):
            self._file_on_one_line(tag, tag.rest.rstrip())
        else:
            self._file_on_lines(tag, tag.rest)

    def _file_on_one_line(self, tag: FileTag, rest: str) -> None:
        content = rest.removesuffix(tag.closing)
        if content == rest or (tag.closing if tag.is_literal else "</file") in content:
            self._problem(f"`{rest[:80]}`: it is not clear where the file ends. {_HOWTO_CLOSE}")
        self.found.files.append(FileEnvelope(tag, (content,) if content.strip() else ()))

    def _file_on_lines(self, tag: FileTag, rest: str) -> None:
        lines = [rest] if rest.strip() else []
        while self._next < len(self._lines):
            if not tag.is_literal and opens_file(self._lines[self._next]):
                self._problem(f"`{_named(tag)}` is not closed before the next `<file …>` begins. {_HOWTO_CLOSE}")
                return
            line = self._take()
            if line.rstrip() == tag.closing:
                self.found.files.append(FileEnvelope(tag, tuple(lines)))
                return
            lines.append(line)
        self.found.files.append(FileEnvelope(tag, tuple(lines), closed=False))

    def _section(self, name: str, line: str) -> None:
        """Read to the closing tag; one that is missing does no harm: the next tag ends the section as well."""
        closing = f"</{name}>"
        pieces: list[str] = []
        rest = line.removeprefix(f"<{name}>")
        while True:
            text, closed, after = rest.partition(closing)
            pieces.append(text)
            if closed:
                self._return(after)
                break
            if self._next == len(self._lines) or self._at_tag():
                break
            rest = self._take()
        self.found.sections.append((name, "\n".join(pieces).strip()))

    def _at_tag(self) -> bool:
        line = self._lines[self._next]
        return opens_file(line) or opened_section(line) is not None

    def _return(self, rest: str) -> None:
        """Read on in the same line, a few times: each costs the length of the line."""
        if not rest.strip():
            return
        self._put_back += 1
        if self._put_back > _TAGS_A_LINE:
            self._problem("write every tag on a line of its own")
            return
        self._next -= 1
        self._lines[self._next] = rest.lstrip()

    def _problem(self, text: str) -> None:
        self.found.problems.append(text)


def _named(tag: FileTag) -> str:
    return tag.attributes.get("path", tag.name)
