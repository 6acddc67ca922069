"""The words of an issue that may also stand in code, and how much each weighs."""

from __future__ import annotations

import functools
import itertools
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from domain.visible_text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_ISSUE_CHARS = 100_000
"""What is longer is cut: no forge takes an issue of this length, and the rest would only slow the search down."""

TITLE_WEIGHT = 3.0
"""A word of the title counts like so many of the text."""

REPETITION_LIMIT = 5.0
"""What one word can gain by being repeated: its weight nears this plus one, and never reaches it."""

MAX_TERMS = 500
MAX_TERM_CHARS = 64

STOP_WORDS = frozenset(
    """
    a about actual after all also an and any are as at be been before behavior behaviour being bug but by can could
    current currently did do does doing each expected following for from get gets had has have here how i if in into
    is issue it its just like me my new no not now of on one only or other our problem should so some such than that
    the their them then there these they this those to too up use used using was we were what when where which while
    who why will with would you your
    """.split()  # noqa: SIM905 - a list of sixty quoted words is harder to read
)

_NAME = re.compile(r"[^\W\d]\w+")
_PART = re.compile(r"[A-Z]+(?![^\W\d_A-Z])|[A-Z]?[^\W\d_A-Z]+")
_VERSION = re.compile(r"v?\d+\.\w")
_MAX_VERSION_WORDS = 4
_SHORTEST_PLURAL = 3


def issue_terms(issue_text: str) -> Mapping[str, float]:
    """Each term of the issue and its weight, more is better; the first line is the title.

    Terms are lower-case names and the parts of names. HTML comments (a template's instructions) and lists of installed
    versions say nothing about the code, and are passed over. At most `MAX_TERMS`, the heaviest.
    """
    title, _, body = readable(issue_text).partition("\n")
    return term_weights((title, TITLE_WEIGHT), (told_lines(body), 1.0))


def term_weights(*texts: tuple[str, float]) -> Mapping[str, float]:
    """The terms of some texts with their weights, at most `MAX_TERMS`; each text says what one of its words counts."""
    counts: defaultdict[str, float] = defaultdict(float)
    for text, weight in texts:
        for term in terms_in(text):
            counts[term] += weight
    weights = {term: saturated(count) for term, count in counts.items() if _is_telling(term)}
    heaviest = sorted(weights.items(), key=lambda item: -item[1])
    return dict(itertools.islice(heaviest, MAX_TERMS))


def told_lines(body: str) -> str:
    """The lines that tell something: not those of a list of installed versions."""
    return "\n".join(line for line in body.split("\n") if not _is_version(line))


def terms_in(text: str) -> Iterator[str]:
    """The terms of a text in order, with repetitions."""
    for name in _NAME.findall(text):
        yield from split_name(name)


@functools.lru_cache(maxsize=50_000)
def split_name(name: str) -> tuple[str, ...]:
    """A name as a term, and its parts by camelCase, snake_case and digits, lower-case and in the singular, each once.

    >>> split_name("parseHTMLBodies_v2")
    ('parsehtmlbodies_v2', 'parse', 'html', 'body')
    """
    whole = name.strip("_").lower()
    parts = (singular(part.lower()) for part in (whole, *_PART.findall(name)))
    return tuple(dict.fromkeys(term for term in (whole, *parts) if len(term) > 1))


def singular(word: str) -> str:
    """The word without the ending of an English plural; what is no plural mostly stays as it is.

    >>> [singular(word) for word in ("queries", "classes", "names", "alias", "class", "is")]
    ['query', 'class', 'name', 'alia', 'class', 'is']
    """
    if len(word) <= _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ses", "xes", "zes", "ches", "shes")) else word[:-1]


def plurals(word: str) -> tuple[str, ...]:
    """Every word whose singular this may be, itself included."""
    return word, f"{word}s", f"{word}es", f"{word[:-1]}ies"


def readable(issue_text: str) -> str:
    """What people see of the issue, cut to `MAX_ISSUE_CHARS`."""
    return visible(issue_text[:MAX_ISSUE_CHARS]).lstrip("\n")


def _is_version(line: str) -> bool:
    """Whether a line is one of a list of versions, such as `numpy: 1.17.4` or `attrs==21.4.0`."""
    *names, value = line.replace("==", " ").split(maxsplit=_MAX_VERSION_WORDS) or [""]
    is_value = _VERSION.match(value) or (value == "None" and names and names[-1].endswith(":"))
    return bool(is_value) and 0 < len(names) < _MAX_VERSION_WORDS


def _is_telling(term: str) -> bool:
    return term not in STOP_WORDS and len(term) <= MAX_TERM_CHARS


def saturated(count: float) -> float:
    """What a word weighs that counts so much: the first time the most."""
    return count * (REPETITION_LIMIT + 1) / (count + REPETITION_LIMIT)
