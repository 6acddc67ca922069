"""A text file taken apart into lines, so that what is not changed can be put together again byte for byte."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain, repeat, starmap
from typing import NamedTuple

_BOM = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """A line's text, and how it ends: LF, CRLF, or nothing at the end of the file."""

    text: str
    end: str


@dataclass(frozen=True, slots=True)
class Source:
    """A file's lines; bytes that are not UTF-8 are lone surrogates in the text and survive."""

    lines: tuple[Line, ...]
    has_bom: bool
    is_utf8: bool

    @property
    def texts(self) -> list[str]:
        """The lines without their ends."""
        return [line.text for line in self.lines]

    @property
    def common_end(self) -> str:
        """How most lines end; LF where there is none."""
        ends = Counter(line.end for line in self.lines if line.end)
        return max(ends, key=lambda end: ends[end], default="\n")

    def with_lines(self, lines: list[Line]) -> bytes:
        """The file's bytes, had it these lines; a line that ends with nothing but is not the last gets an end."""
        if not all(line.end for line in lines[:-1]):
            lines = [line if line.end else Line(line.text, self.common_end) for line in lines[:-1]] + lines[-1:]
        return self.with_text("".join(chain.from_iterable(lines)))

    def with_text(self, text: str) -> bytes:
        """The file's bytes, had it this text: with a byte order mark if it had one before."""
        return (_BOM if self.has_bom else b"") + text.encode("utf-8", "surrogateescape")


def read_source(content: bytes) -> Source | None:
    """Take a file apart; None where it is not text (it holds a NUL byte)."""
    if b"\0" in content:
        return None
    body = content.removeprefix(_BOM)
    text = body.decode("utf-8", "surrogateescape")
    return Source(_split(text), has_bom=len(body) < len(content), is_utf8=_is_plain(text))


def writable_problem(text: str) -> str | None:
    """Why a text cannot be written into a file, or None."""
    if "\0" in text:
        return "it holds a NUL character"
    if not _is_plain(text):
        return "it holds half of a surrogate pair"
    return None


def _split(text: str) -> tuple[Line, ...]:
    """At line feeds alone: a form feed or a Unicode separator is part of a line."""
    pieces = text.split("\n")
    last = pieces.pop()
    if "\r" in text:
        lines = [Line(piece[:-1], "\r\n") if piece.endswith("\r") else Line(piece, "\n") for piece in pieces]
    else:  # the same, made without a call of Python's for each of what may be a million lines
        lines = list(starmap(tuple.__new__, zip(repeat(Line), zip(pieces, repeat("\n"), strict=False), strict=False)))
    return (*lines, Line(last, "")) if last else tuple(lines)


def _is_plain(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
