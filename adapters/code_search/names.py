"""The names in a file's bytes, and which of an issue's terms stand in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from application.issue_terms import plurals, singular

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

_NAME_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") | frozenset(
    range(0x80, 0x100)
)
_BLANK_BETWEEN_NAMES = bytes(byte if byte in _NAME_BYTES else 0x20 for byte in range(0x100))
_DIGITS = frozenset(b"0123456789")
_NO_DIGITS = bytes(0x5F if byte in _DIGITS else byte for byte in range(0x100))
_HUMP = re.compile(rb"(?<=[a-z\x80-\xff])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MAX_NAME_BYTES = 64
_MAX_REMEMBERED = 1_000_000


def names_in(content: bytes) -> list[bytes]:
    """Runs of letters, digits and underscores, in order."""
    return content.translate(_BLANK_BETWEEN_NAMES).split()


class Terms:
    """Counts an issue's terms among names. It remembers which names hold some, a bounded number of them.

    Not safe under several threads at a time.
    """

    def __init__(self, wanted: AbstractSet[str]) -> None:
        forms = {form for term in wanted for form in plurals(term)}
        self._wholes = {form.encode(): found for form in forms if (found := {form, singular(form)} & wanted)}
        self._parts = {form.encode(): singular(form) for form in forms if singular(form) in wanted}
        self._seen: set[bytes] = set()
        self._telling: dict[bytes, frozenset[str]] = {}

    def learn(self, documents: Iterable[Mapping[bytes, int]]) -> None:
        """Look at the names of many documents at once, which is faster than one document at a time."""
        self._learn(set[bytes]().union(*documents) - self._seen)

    def count(self, names: Mapping[bytes, int]) -> dict[str, int]:
        """How often each term stands in a document's names, of which all must have been learned."""
        counts: dict[str, int] = {}
        for name in names.keys() & self._telling.keys():
            for term in self._telling[name]:
                counts[term] = counts.get(term, 0) + names[name]
        return counts

    def _learn(self, names: AbstractSet[bytes]) -> None:
        """All names are cut at once, for that is much faster than one by one."""
        if len(self._seen) > _MAX_REMEMBERED:
            self._seen.clear()
            self._telling.clear()
        self._seen |= names
        short = [name for name in names if len(name) <= _MAX_NAME_BYTES]
        without_humps = [name for name in short if name.islower()]
        with_humps = [name for name in short if not name.islower()]
        self._remember(without_humps, b"\n".join(without_humps))
        self._remember(with_humps, _HUMP.sub(b"_", b"\n".join(with_humps)))

    def _remember(self, names: Sequence[bytes], cut: bytes) -> None:
        """`cut` are the same names, a line each, with an underscore between their parts."""
        lines = cut.translate(_NO_DIGITS).lower().split(b"\n") if names else []
        for name, line in zip(names, lines, strict=True):
            parts = line.split(b"_")
            whole = name.lower().strip(b"_")
            if whole in self._wholes or not self._parts.keys().isdisjoint(parts):
                of_parts = (self._parts[part] for part in parts if part in self._parts)
                self._telling[name] = frozenset(of_parts).union(self._wholes.get(whole, ()))
