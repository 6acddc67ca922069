"""The names in a file's bytes, and which of an issue's terms stand in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from application.issue_terms import plurals, terms_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
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
        self._wanted = wanted
        self._forms = frozenset(form.encode() for term in wanted for form in plurals(term))
        self._seen: set[bytes] = set()
        self._telling: dict[bytes, tuple[str, ...]] = {}

    def count(self, names: Mapping[bytes, int]) -> dict[str, int]:
        """How often each term stands in the names; `names` says how often each of them occurs."""
        self._learn(names.keys() - self._seen)
        counts: dict[str, int] = {}
        for name in names.keys() & self._telling.keys():
            for term in self._telling[name]:
                counts[term] = counts.get(term, 0) + names[name]
        return counts

    def _learn(self, names: AbstractSet[bytes]) -> None:
        if len(self._seen) > _MAX_REMEMBERED:
            self._seen.clear()
            self._telling.clear()
        self._seen |= names
        for name in self._promising(names):
            terms = tuple(term for term in terms_in(name.decode(errors="replace")) if term in self._wanted)
            if terms:
                self._telling[name] = terms

    def _promising(self, names: Iterable[bytes]) -> Iterator[bytes]:
        """The names of which a part looks like a term; all of them are cut at once, for that is much faster."""
        short = [name for name in names if len(name) <= _MAX_NAME_BYTES]
        if not short:
            return
        joined = b"\n".join(short)
        wholes = joined.lower().split(b"\n")
        cut = _HUMP.sub(b"_", joined).translate(_NO_DIGITS).lower().split(b"\n")
        for name, whole, parts in zip(short, wholes, cut, strict=True):
            if whole.strip(b"_") in self._forms or not self._forms.isdisjoint(parts.split(b"_")):
                yield name
