"""What a parser has found in an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.editing.answer import FileEdit


@dataclass(slots=True)
class Found:
    """Edits in the order of the answer, one path several times perhaps; and what could not be read, in words."""

    edits: list[FileEdit] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take over what another parser has found in a part of the answer."""
        self.edits += other.edits
        self.problems += other.problems

    def __bool__(self) -> bool:
        """Whether there is anything at all."""
        return bool(self.edits or self.problems)


def text_of(lines: list[str] | tuple[str, ...]) -> str:
    """Lines as a text in which each ends with a line feed."""
    return "".join(f"{line}\n" for line in lines)
