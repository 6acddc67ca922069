"""The scanner."""

from __future__ import annotations

import asyncio
import unicodedata
from typing import TYPE_CHECKING

from adapters.secret_scan.known import KnownSecrets
from adapters.secret_scan.rules import kinds_in
from application.ports.secret_scanner import SecretFinding, SecretScanner

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from domain.secret import Secret

_PIECE = 4_000
_OVERLAP = 500
"""Characters; a line without end is looked at in pieces, for some rules take time beyond all proportion on one."""
_OWN = "a secret of the agent's own"


class SecretScan(SecretScanner):
    """Line by line by rule; and the whole text for the agent's own secrets, which may be spread over lines."""

    def __init__(self, own: Iterable[Secret] = ()) -> None:
        self._known = KnownSecrets(own)

    async def scan(self, text: str) -> Sequence[SecretFinding]:
        """What is found; in a thread of its own, for a long text takes a while."""
        return await asyncio.to_thread(self._scan, text)

    def _scan(self, text: str) -> list[SecretFinding]:
        text = _without_invisible(text)
        lines = text.split("\n")
        found = [
            SecretFinding(number, kind)
            for number, line in enumerate(lines, 1)
            for kind in dict.fromkeys(kind for piece in _pieces(line) for kind in kinds_in(piece))
        ]
        if self._known.is_in(text):
            number = next((number for number, line in enumerate(lines, 1) if self._known.is_in(line)), 1)
            found = [SecretFinding(number, _OWN), *found]
        return found


def _without_invisible(text: str) -> str:
    """The text without characters that nobody sees: they would take a secret apart, and whoever copies it not."""
    return text if text.isascii() else "".join(char for char in text if unicodedata.category(char) != "Cf")


def _pieces(line: str) -> list[str]:
    if len(line) <= _PIECE:
        return [line]
    return [line[start : start + _PIECE] for start in range(0, len(line), _PIECE - _OVERLAP)]
