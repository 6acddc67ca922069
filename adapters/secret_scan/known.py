"""The secrets that the agent itself holds, recognised in whatever form they might be written out."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from domain.secret import Secret

_SHORTEST = 8
"""Characters; what is shorter stands in ordinary text by chance."""
_LONGEST_LINE = 40
"""Characters of a long secret's line, such as one of a private key, that are compared."""
_GROUP = 3
_ALPHABETS = (base64.b64encode, base64.urlsafe_b64encode)


class KnownSecrets:
    """Finds them as they are, in base 64 at any offset, in hexadecimal and percent-encoded, white space aside."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        values = {part for secret in secrets for part in _parts(secret.reveal())}
        self._forms = frozenset(form for value in values for form in _forms(value))

    def is_in(self, text: str) -> bool:
        """Whether any of them is in a text."""
        if not self._forms:
            return False
        packed = _packed(text)
        lowered = packed.lower()
        return any(form in packed or form in lowered for form in self._forms)


def _packed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _parts(value: str) -> list[str]:
    """The value, or the lines of one that has several."""
    return [part for line in value.splitlines() if len(part := line.strip()[:_LONGEST_LINE]) >= _SHORTEST]


def _forms(value: str) -> list[str]:
    raw = value.encode(errors="surrogateescape")
    encoded = [_inner(encode, raw, offset) for encode in _ALPHABETS for offset in range(_GROUP)]
    return [_packed(value), raw.hex(), quote(raw, safe=""), *encoded]


def _inner(encode: Callable[[bytes], bytes], raw: bytes, offset: int) -> str:
    """What base 64 of any text with the secret in it contains, the secret beginning `offset` bytes into a group."""
    whole = encode(bytes(offset) + raw).decode().rstrip("=")
    first = -(-offset * 8 // 6)
    last = (offset + len(raw)) * 8 // 6
    return whole[first:last]
