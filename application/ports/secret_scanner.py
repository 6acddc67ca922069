"""Finding secrets in text before it is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class SecretFinding:
    """A line (from 1) that holds what looks like a secret, and of which kind; the secret itself is not kept."""

    line: int
    kind: str


class SecretScanner(Protocol):
    """Knows what keys, tokens and passwords look like."""

    async def scan(self, text: str) -> Sequence[SecretFinding]:
        """What is found, in the order of the lines."""
