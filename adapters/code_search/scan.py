"""One pass over the content of a repository: what of an issue's terms stands in which file."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.code_search.file_kinds import FileKind, is_generated, kind_of
from application.issue_terms import terms_in
from domain.file_content import is_editable_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

_NAME_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") | frozenset(
    range(0x80, 0x100)
)
_BLANK_BETWEEN_NAMES = bytes(byte if byte in _NAME_BYTES else 0x20 for byte in range(0x100))
_MAX_NAME_BYTES = 64
_MAX_REMEMBERED = 200_000
_DEFINITION = re.compile(
    rb"""^[ \t]*(?:(?:export|default|public|private|protected|internal|static|abstract|final|async|pub|unsafe)[ ]+)*
        (?:class|def|fn|func|function|interface|module|struct|trait|enum|type|const)[ ]+
        (?:\([^()\n]{0,80}\)[ ]*)?       # the receiver of a Go method
        ([A-Za-z_]\w*)""",
    re.MULTILINE | re.VERBOSE,
)
_MIN_DEFINED_CHARS = 4


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the ranking knows of a file.

    `counts`: how often each term of the issue stands in it; `length`: all its terms, the others included;
    `in_path`: those of the issue's terms that the path has; `defines`: those that it defines.
    """

    path: str
    kind: FileKind
    counts: Mapping[str, int]
    length: int
    in_path: frozenset[str]
    defines: frozenset[str]


class Scanner:
    """Reads files against the terms of one issue. It remembers how names split, a bounded number of them.

    Not safe under several threads at a time.
    """

    def __init__(self, terms: AbstractSet[str]) -> None:
        self._terms = terms
        self._definable = frozenset(term for term in terms if len(term) >= _MIN_DEFINED_CHARS)
        self._splits: dict[bytes, tuple[int, tuple[str, ...]]] = {}

    def scan(self, contents: Mapping[str, bytes]) -> list[FileFacts]:
        """The facts of all files that are text and not a pointer to text kept elsewhere, in order of their paths."""
        return [self._facts(path, contents[path]) for path in sorted(contents) if is_editable_text(contents[path])]

    def _facts(self, path: str, content: bytes) -> FileFacts:
        counts, length = self._count(content)
        in_path = frozenset(terms_in(posixpath.splitext(path)[0])) & self._terms
        kind = FileKind.FOREIGN if is_generated(content) else kind_of(path)
        defines = self._defined(content) if kind is FileKind.CODE else frozenset[str]()
        return FileFacts(path, kind, counts, length, in_path, defines)

    def _count(self, content: bytes) -> tuple[Mapping[str, int], int]:
        length = 0
        counts: dict[str, int] = {}
        for name, times in Counter(content.translate(_BLANK_BETWEEN_NAMES).split()).items():
            terms, wanted = self._splits.get(name) or self._split(name)
            length += terms * times
            for term in wanted:
                counts[term] = counts.get(term, 0) + times
        return counts, length

    def _split(self, name: bytes) -> tuple[int, tuple[str, ...]]:
        """How many terms a name has, and those that the issue has too."""
        if len(name) > _MAX_NAME_BYTES:
            return 1, ()
        terms = tuple(terms_in(name.decode(errors="replace")))
        split = len(terms), tuple(term for term in terms if term in self._terms)
        if len(self._splits) >= _MAX_REMEMBERED:
            self._splits.clear()
        self._splits[name] = split
        return split

    def _defined(self, content: bytes) -> frozenset[str]:
        names = (name.decode().strip("_").lower() for name in set(_DEFINITION.findall(content)))
        return self._definable.intersection(names)
