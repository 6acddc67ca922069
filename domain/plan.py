"""A plan for an issue: its words, the files that it allows to change, and the digest that an approval is bound to."""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from dataclasses import dataclass

from domain.errors import InvalidInput
from domain.path_patterns import matches
from domain.visible_text import visible

FILES_BEGIN = "<!-- coding-agent:files -->"
FILES_END = "<!-- coding-agent:files end -->"
"""Around the list of files, each on a line of its own: the same in every language, and not seen on a page."""

_SHOWN = {FILES_BEGIN: "coding-agent:files", FILES_END: "coding-agent:files end"}
"""What stands for the marks while what is hidden is taken out: as words, they end no comment that hides the list."""
_SHORT = 12
_ITEM = re.compile(r" {0,1}(?:[-*+]|\d+[.)])\s+(.*)")
_PATH = re.compile(r"(?:\*\*)?`([^`]+)`")
_DIGEST = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as people read and edit it: Markdown, with its list of files between `FILES_BEGIN` and `FILES_END`."""

    text: str

    @property
    def digest(self) -> str:
        """64 hexadecimal digits over the words; line ends, Unicode forms and trailing blanks do not count."""
        return hashlib.sha256(normalised(self.words).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def short_digest(self) -> str:
        """The first 12 digits, as shown to people."""
        return self.digest[:_SHORT]

    @property
    def words(self) -> str:
        """The text without the marks around the list of files."""
        lines = normalised(self.text).split("\n")
        return "\n".join(line for line in lines if line.strip() not in {FILES_BEGIN, FILES_END})

    def is_digest(self, said: str) -> bool:
        """Whether a person who wrote `said` means this plan: the digest, or at least its first 8 digits."""
        return _DIGEST.fullmatch(said.casefold()) is not None and self.digest.startswith(said.casefold())

    def files(self) -> tuple[str, ...]:
        """The paths, and patterns of paths, that the list allows to be changed or added, in its order.

        Each item of the list begins with its path in back ticks; what a page does not show is none. Raises
        `InvalidInput`, saying which line is wrong, where there is no list, or an item without a path.
        """
        return _files(self.text)

    def allows(self, path: str) -> bool:
        """Whether the list names a path, itself or by a pattern; raises as `files` does."""
        return path in self.files() or matches(path, [name for name in self.files() if "*" in name])


def normalised(text: str) -> str:
    """LF line ends, Unicode NFC, no white space at the end of a line or of the text."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).rstrip("\n")


@functools.lru_cache(maxsize=64)
def _files(text: str) -> tuple[str, ...]:
    lines = visible("\n".join(_SHOWN.get(line.strip(), line) for line in normalised(text).split("\n"))).split("\n")
    marks = [line.strip() for line in lines]
    if any(marks.count(mark) != 1 for mark in _SHOWN.values()):
        message = f"the list of files must stand between one line `{FILES_BEGIN}` and one line `{FILES_END}`"
        raise InvalidInput(message)
    begin, end = (marks.index(mark) for mark in _SHOWN.values())
    found = [_path_of(item) for line in lines[begin + 1 : end] if (item := _ITEM.fullmatch(line))]
    if not found:
        message = "the list of files is empty: each file is an item that begins with its path in back ticks"
        raise InvalidInput(message)
    return tuple(dict.fromkeys(found))


def _path_of(item: re.Match[str]) -> str:
    found = _PATH.match(item[1])
    if not found:
        message = f"the list of files has an item without a path in back ticks at its beginning: {item[1][:60]!r}"
        raise InvalidInput(message)
    return found[1].strip()
