"""A syntax checker with one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.ports.syntax_checker import SyntaxChecker, SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

WRONG = "SYNTAX ERROR"


class FakeSyntax(SyntaxChecker):
    """Lines that hold `WRONG` do not parse."""

    async def problems(self, path: str, content: bytes) -> Sequence[SyntaxProblem]:
        del path
        lines = enumerate(content.decode(errors="replace").splitlines(), start=1)
        return [SyntaxProblem(number, text, "unexpected") for number, text in lines if WRONG in text]
