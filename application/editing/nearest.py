"""What to tell a model whose search text is not in the file: the nearest text, and where it differs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from application.editing.haystack import words_of
from application.editing.indentation import indent_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from application.editing.haystack import Haystack

_MIN_SHARE = 0.5
_MAX_COMPARED = 200
_MAX_DIFFERENCES = 3
_MAX_QUOTED = 160
_MAX_SHOWN = 40
_MANY = 20_000


@dataclass(frozen=True, slots=True)
class Nearest:
    """The lines most like a search text, counted from 1, both included; `differences` in words, the first few."""

    first: int
    last: int
    differences: tuple[str, ...]


class _Difference(NamedTuple):
    """One difference in words; those in indentation alone matter least, for one that is the same all over is mended."""

    text: str
    in_indentation: bool = False


def nearest(file: Haystack, search: Sequence[str]) -> Nearest | None:
    """The stretch of the file that shares the most words with `search`, if it is half of them; linear time."""
    start = _most_alike(file.words, search) if len(file.lines) <= _MANY else _agreed(file, search)
    if start is None:
        return None
    lines = file.lines
    stop = min(start + len(search), len(lines))
    compared = slice(0, _MAX_COMPARED)
    found = _differences(lines[start:stop][compared], search[compared], start + 1)
    differences = sorted(found, key=lambda difference: difference.in_indentation)[:_MAX_DIFFERENCES]
    return Nearest(start + 1, stop, tuple(difference.text for difference in differences))


def quoted(line: str) -> str:
    """A line in backticks, cut where it is long; a blank one in words."""
    if not line.strip():
        return "a blank line"
    text = line if len(line) <= _MAX_QUOTED else line[:_MAX_QUOTED] + "…"
    return f"`{text.replace('`', chr(0x27))}`"


def numbered(lines: Sequence[str], start: int, stop: int) -> str:
    """The lines from `start` to before `stop` with their numbers, the first forty."""
    shown = lines[start : min(stop, start + _MAX_SHOWN)]
    return "\n".join(f"{start + number}: {line[:_MAX_QUOTED]}" for number, line in enumerate(shown, start=1))


def _most_alike(lines: Sequence[Sequence[str]], search: Sequence[str]) -> int | None:
    """Where the window of as many lines as `search` has begins that shares the most words with it."""
    needed = Counter(word for line in search for word in words_of(line))
    held: Counter[str] = Counter()
    shared, best, best_start = 0, 0, 0
    for number, entering in enumerate(lines):
        shared += _enter(held, entering, needed)
        start = number + 1 - len(search)
        if start > 0:
            shared -= _leave(held, lines[start - 1], needed)
        if shared > best:
            best, best_start = shared, max(start, 0)
    enough = best and best >= _MIN_SHARE * needed.total()
    return best_start if enough else None


def _agreed(file: Haystack, search: Sequence[str]) -> int | None:
    """In a file of very many lines: where the most lines of `search` stand as they are, but for their indentation."""
    votes: Counter[int] = Counter()
    for number, line in enumerate(search[:_MAX_COMPARED]):
        places = file.bare.places.get(line.strip(), ()) if line.strip() else ()
        votes.update(place - number for place in places[:_MAX_COMPARED])
    best = votes.most_common(1)
    return max(best[0][0], 0) if best else None


def _enter(held: Counter[str], words: Sequence[str], needed: Counter[str]) -> int:
    gained = 0
    for word in words:
        if word in needed:
            gained += held[word] < needed[word]
            held[word] += 1
    return gained


def _leave(held: Counter[str], words: Sequence[str], needed: Counter[str]) -> int:
    lost = 0
    for word in words:
        if word in needed:
            held[word] -= 1
            lost += held[word] < needed[word]
    return lost


def _differences(lines: Sequence[str], search: Sequence[str], first: int) -> Iterator[_Difference]:
    """In the order of the file; `first` is the number of `lines[0]`."""
    in_file, wanted = [line.strip() for line in lines], [line.strip() for line in search]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, in_file, wanted, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from _indent_differences(lines[i1:i2], search[j1:j2], first + i1)
        elif tag == "replace":
            yield _Difference(f"line {first + i1} is {quoted(lines[i1])}, not {quoted(search[j1])}")
        elif tag == "delete":
            yield _Difference(f"line {first + i1}, {quoted(lines[i1])}, is missing from SEARCH")
        else:
            yield _Difference(f"SEARCH has {quoted(search[j1])}, which is not there before line {first + i1}")


def _indent_differences(lines: Sequence[str], search: Sequence[str], first: int) -> Iterator[_Difference]:
    for offset, (in_file, wanted) in enumerate(zip(lines, search, strict=True)):
        if in_file.strip() and indent_of(in_file) != indent_of(wanted):
            text = f"line {first + offset} is indented by {_named(in_file)}, not {_named(wanted)}: {quoted(in_file)}"
            yield _Difference(text, in_indentation=True)


def _named(line: str) -> str:
    indent = indent_of(line)
    if not indent:
        return "nothing"
    unit = {" ": "blanks", "\t": "tabs"}.get("".join(sorted(set(indent))), "blanks and tabs")
    return f"{len(indent)} {unit}"
