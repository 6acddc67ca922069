"""A scanner that knows one secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.ports.secret_scanner import SecretFinding, SecretScanner

if TYPE_CHECKING:
    from collections.abc import Sequence


class FakeScanner(SecretScanner):
    """Finds `word` wherever it stands; "" finds nothing."""

    def __init__(self, word: str = "") -> None:
        self._word = word

    async def scan(self, text: str) -> Sequence[SecretFinding]:
        lines = enumerate(text.split("\n"), 1)
        return [SecretFinding(number, "password") for number, line in lines if self._word and self._word in line]
