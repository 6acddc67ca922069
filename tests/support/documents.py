"""The project's documents, taken apart: blocks, code in the text, links and where they can lead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tests.support.project_files import PROJECT, project_files

if TYPE_CHECKING:
    from pathlib import Path

_FENCE = re.compile(r"^( *)```([\w-]*)[^\n`]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?<=\n\n)((?: {4}[^\n]*\n)+)")
_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)[^)]*\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_ELSEWHERE = ("tests/", "application/", "entrypoints/")
"""Markdown that is data or a prompt, and speaks to nobody who reads about the project."""


@dataclass(frozen=True)
class Fence:
    """A block of code; `language` is "" where none is named, as with one that is only indented."""

    language: str
    text: str


@dataclass(frozen=True)
class Document:
    """One page in Markdown."""

    path: Path
    text: str

    @cached_property
    def fences(self) -> tuple[Fence, ...]:
        indented = (Fence("", found) for found in _INDENTED.findall(self.prose))
        return (*(Fence(found[2], found[3]) for found in _FENCE.finditer(self.text)), *indented)

    @cached_property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return _FENCE.sub("", self.text)

    @property
    def code(self) -> tuple[str, ...]:
        """What stands between back-ticks in the text."""
        return tuple(" ".join(found[2].split()) for found in _CODE.finditer(self.prose))

    @property
    def links(self) -> tuple[str, ...]:
        return tuple(_LINK.findall(_CODE.sub("", self.prose)))

    @property
    def anchors(self) -> frozenset[str]:
        """What `#…` may name here, as GitHub derives it from the headings."""
        seen: dict[str, int] = {}
        anchors = set()
        for heading in _HEADING.findall(self.prose):
            slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            seen[slug] = seen.get(slug, -1) + 1
            anchors.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        return frozenset(anchors)


def documents() -> list[Document]:
    """Every page that people read."""
    pages = [path for path in project_files() if path.suffix == ".md"]
    ours = [path for path in pages if not path.relative_to(PROJECT).as_posix().startswith(_ELSEWHERE)]
    return [Document(path, path.read_text(encoding="utf-8")) for path in ours]
