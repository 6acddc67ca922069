"""What a source file defines and imports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class DefinitionKind(StrEnum):
    """What is defined; a method is a function within a class."""

    CLASS = "class"
    FUNCTION = "function"
    CONSTANT = "constant"


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition: lines `first` to `last` (from 1, both included), decorators and body with it.

    One that lies within another's lines belongs to it.
    """

    name: str
    kind: DefinitionKind
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Outline:
    """A file's definitions in the order of their first lines, and the modules or files that it names to import them.

    An import stands as the language writes it, without quotes: `os.path`, `.models`, `./api`, `stdio.h`.
    """

    definitions: tuple[Definition, ...] = ()
    imports: tuple[str, ...] = ()


class CodeStructure(Protocol):
    """Reads the structure of source files in some languages, known by file name."""

    async def outlines(self, files: Mapping[str, bytes]) -> Mapping[str, Outline]:
        """The outline of each file, by path.

        Left out is what has none: another language, a file too large to judge, one on which the parser failed or took
        too long. Raises `ParserUnavailable` when nothing can be parsed now.
        """
