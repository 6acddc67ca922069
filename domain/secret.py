"""A string that does not print itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Secret:
    """Holds a token, key or password; only `reveal()` gives it, so that no log or traceback can.

    An empty secret is no secret: `bool(Secret(""))` is False.
    """

    _value: str

    def reveal(self) -> str:
        """The value itself, for the one place that sends it."""
        return self._value

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self._value)

    def __repr__(self) -> str:
        """Never the value."""
        return "Secret('…')" if self._value else "Secret('')"

    __str__ = __repr__
