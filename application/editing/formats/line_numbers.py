"""Line numbers before the text, as models copy them from a listing: `12 | text`, `12: text`, or with a tab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBERED = re.compile(r"\s*(\d{1,7}) \|(?: (.*))?\Z", re.DOTALL)
_LISTED = re.compile(r"\s*(\d{1,7})(?:\t|\u2192|: |:\Z)(.*)\Z", re.DOTALL)
_LOOSELY = re.compile(r"\s*(?:\d{1,7} )?\| ?(.*)\Z", re.DOTALL)


class Bare(NamedTuple):
    """Old and new lines without numbers; `first` is the number of the first, `unclear` where only some had one."""

    old: list[str]
    new: list[str]
    first: int
    unclear: bool = False


def without_numbers(old: Sequence[str], new: Sequence[str], *, loosely: bool) -> Bare | None:
    """The lines without their numbers; None where the old ones have none, or only some of them.

    `loosely` takes numbers, or bare strokes, off whichever of the old lines has them.
    """
    numbers = [found for line in old if (found := _NUMBERED.match(line))]
    if not old or len(numbers) < len(old):
        if listed := _listed(old, new):
            return listed
        some = loosely and any(_LOOSELY.match(line) for line in old)
        return Bare([_loosened(line) for line in old], list(new), 0) if some else None
    fresh = [_NUMBERED.match(line) for line in new]
    texts = [found[2] or "" for found in fresh if found]
    if texts and len(texts) < len(new):
        return Bare([], [], 0, unclear=True)
    return Bare([found[2] or "" for found in numbers], texts or list(new), int(numbers[0][1]))


def _listed(old: Sequence[str], new: Sequence[str]) -> Bare | None:
    """The lines of a listing whose numbers follow one another; the new ones have them all or none."""
    found = [match for line in old if (match := _LISTED.match(line))]
    if not old or len(found) < len(old):
        return None
    first = int(found[0][1])
    if any(int(match[1]) != first + number for number, match in enumerate(found)):
        return None
    fresh = [match[2] for line in new if (match := _LISTED.match(line))]
    if fresh and len(fresh) < len(new):
        return None
    return Bare([match[2] for match in found], fresh or list(new), first)


def _loosened(line: str) -> str:
    found = _LOOSELY.match(line)
    return found[1] if found else line
