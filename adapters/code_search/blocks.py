"""A file cut into what belongs together: each function, what of a class is outside of its functions, the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.passages import owners
from application.ports.code_structure import DefinitionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.ports.code_structure import Definition, Outline

LINES_WITHOUT_OUTLINE = 40
"""Where nothing is known of a file's structure, a block has so many lines."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together; `name` is that of their definition, "" for those of none."""

    name: str
    content: bytes


def blocks_of(content: bytes, outline: Outline | None) -> list[Block]:
    """Every line is in exactly one block: that of the innermost definition, functions within functions not counted."""
    lines = content.split(b"\n")
    scopes = [one for one in outline.definitions if one.kind is not DefinitionKind.CONSTANT] if outline else []
    if not scopes:
        starts = range(0, len(lines), LINES_WITHOUT_OUTLINE)
        return [Block("", b"\n".join(lines[start : start + LINES_WITHOUT_OUTLINE])) for start in starts]
    return _by_owner(lines, scopes)


def _by_owner(lines: Sequence[bytes], scopes: Sequence[Definition]) -> list[Block]:
    owned: dict[int, list[bytes]] = {}
    for line, owner in zip(lines, owners(len(lines), scopes), strict=True):
        owned.setdefault(owner, []).append(line)
    return [Block(scopes[owner].name if owner >= 0 else "", b"\n".join(own)) for owner, own in owned.items()]
