"""The names in a file's bytes, and which of an issue's terms stand in them."""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
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
_HUMP = re.compile(rb"[A-Z](?:(?<=[a-z\x80-\xff].)|(?<=[A-Z].)(?=[a-z]))")
"""Where a part begins; a pattern that begins with the letter is found faster than the place before it."""
_END = b"_\n_"
"""Between names that are to be cut at underscores."""

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
        self._telling: dict[bytes, tuple[str, ...]] = {}

    def learn(self, documents: Iterable[Iterable[bytes]]) -> None:
        """Look at the names of many documents at once, which is faster than one document at a time."""
        if len(self._seen) > _MAX_REMEMBERED:
            self._seen.clear()
            self._telling.clear()
        new = set[bytes]().union(*documents) - self._seen
        self._seen |= new
        names = [name for name in new if len(name) <= _MAX_NAME_BYTES]
        found: defaultdict[int, set[str]] = defaultdict(set)
        _add_wholes(found, names, self._wholes)
        _add_parts(found, names, self._parts)
        self._telling.update((names[place], tuple(terms)) for place, terms in found.items())

    def count(self, names: Mapping[bytes, int]) -> dict[str, int]:
        """How often each term stands in a document's names, of which all must have been learned."""
        counts: dict[str, int] = {}
        for name in names.keys() & self._telling.keys():
            times = names[name]
            for term in self._telling[name]:
                counts[term] = counts.get(term, 0) + times
        return counts


def _add_wholes(found: dict[int, set[str]], names: Sequence[bytes], wholes: Mapping[bytes, Iterable[str]]) -> None:
    """The terms that the names are."""
    lowered = b"\n".join(names).lower().split(b"\n")  # together, as this is much faster than one by one
    for place, name in enumerate(lowered):
        if (whole := name.strip(b"_")) in wholes:
            found[place].update(wholes[whole])


def _add_parts(found: dict[int, set[str]], names: Sequence[bytes], terms: Mapping[bytes, str]) -> None:
    """The terms that parts of the names are, by camelCase, snake_case and digits."""
    parts = _HUMP.sub(rb"_\g<0>", _END.join(names)).translate(_NO_DIGITS).lower().split(b"_")
    ends = [place for place, part in enumerate(parts) if part == b"\n"]
    for place, part in enumerate(parts):
        if part in terms:
            found[bisect.bisect(ends, place)].add(terms[part])
