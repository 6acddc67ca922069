"""The structure of source files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.msgpack import Decoder

from adapters.tree_sitter.outline_queries import has_outline
from adapters.tree_sitter.processes import Loss
from application.ports.code_structure import CodeStructure, Outline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.tree_sitter.processes import ParsingProcesses

_OUTLINE = Decoder(Outline | None)


class TreeSitterStructure(CodeStructure):
    """Reads outlines by the grammars' queries (`outline_queries`), in another process.

    A file larger than `max_bytes`, one on which the parser crashes, or that takes longer than `max_seconds`, has none.
    """

    def __init__(self, processes: ParsingProcesses, *, max_bytes: int = 500_000, max_seconds: float = 2.0) -> None:
        self._processes = processes
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds

    async def outlines(self, files: Mapping[str, bytes]) -> Mapping[str, Outline]:
        """The outline of each file that has one."""
        fit = [(path, content) for path, content in files.items() if self._fits(path, content)]
        found = await self._processes.run("outline", fit, _OUTLINE, file_seconds=self._max_seconds)
        return {
            path: outline
            for (path, _), outline in zip(fit, found, strict=True)
            if outline is not None and not isinstance(outline, Loss)
        }

    def _fits(self, path: str, content: bytes) -> bool:
        return len(content) <= self._max_bytes and has_outline(path, content)
