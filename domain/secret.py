"""A string that does not print itself."""

from __future__ import annotations

import hmac


class Secret:
    """Holds a token, key or password; only `reveal()` gives it, so that no log or traceback can.

    An empty secret is no secret: `bool(Secret(""))` is False. Immutable; two are equal when their values are.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one place that sends it."""
        return self._value

    def _bytes(self) -> bytes:
        """As the environment held it: bytes that are no text are kept in it as lone surrogates."""
        return self._value.encode(errors="surrogateescape")

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same; it takes as long for a near miss as for a far one."""
        return isinstance(other, Secret) and hmac.compare_digest(self._bytes(), other._bytes())

    def __hash__(self) -> int:
        """The value's."""
        return hash(self._value)

    def __repr__(self) -> str:
        """Never the value."""
        return "Secret('…')" if self._value else "Secret('')"

    __str__ = __repr__
