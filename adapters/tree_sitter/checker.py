"""The syntax checker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.msgpack import Decoder

from adapters.tree_sitter.processes import Loss
from application.ports.syntax_checker import SyntaxChecker, SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.tree_sitter.processes import ParsingProcesses

_PROBLEMS = Decoder(tuple[SyntaxProblem, ...])


class TreeSitterSyntax(SyntaxChecker):
    """Parses with the language's grammar, in another process.

    A file larger than `max_bytes`, one on which the parser crashes, or that takes longer than `max_seconds`, counts as
    one that cannot be judged; so does a template (`{{` in its path).
    """

    def __init__(self, processes: ParsingProcesses, *, max_bytes: int = 2_000_000, max_seconds: float = 20.0) -> None:
        self._processes = processes
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds

    async def problems(self, path: str, content: bytes) -> Sequence[SyntaxProblem]:
        """What does not parse, in the order of the file."""
        if len(content) > self._max_bytes or "{{" in path:
            return ()
        (found,) = await self._processes.run(
            "syntax_problems", [(path, content)], _PROBLEMS, file_seconds=self._max_seconds
        )
        return () if isinstance(found, Loss) else found
