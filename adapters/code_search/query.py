"""What is looked for: an issue, read once."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.code_search.file_kinds import FileKind
from adapters.code_search.mentions import find_mentions
from application.issue_terms import STOP_WORDS, issue_terms, readable, saturated, singular, term_weights, told_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.code_search.mentions import Mentions

_ABOUT_TESTS = re.compile(
    r"\b(add|fix|flaky|failing|broken|missing|skip(ped)?|slow|unstable)\b.{0,40}\btests?\b"
    r"|\btests?\b.{0,20}\b(is|are) (broken|failing|flaky|missing|slow)\b|\btest (suite|coverage|cases?)\b",
    re.IGNORECASE,
)
_ABOUT_DOCUMENTATION = re.compile(r"\b(docs?|documentation|readme|changelog|tutorial|typos?)\b", re.IGNORECASE)
_MAX_TITLE = 300
_TITLE_WEIGHT = 3

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_INLINE_CODE = re.compile(r"`([^`\n]+)`")
_NAME = re.compile(r"[A-Za-z_]\w*")
_CALLED = re.compile(r"([A-Za-z_]\w*)\(")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:(?:\.|::|#|->)[A-Za-z_]\w*)+")
_BETWEEN_DOTTED = re.compile(r"\.|::|#|->")
_COMPOUND = re.compile(r"[^_]_[^_]|[a-z][A-Z]|^__\w")
_LETTERS = re.compile(r"[A-Za-z]{2,}")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SHORTEST_NAME = 3
_MAX_PAIR_CHARS = 20_000
_MAX_PAIRS = 200

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Query:
    """The issue's terms and what it names.

    `terms`, `title`, `prose` (without blocks of code) and `identifiers` (whole names of code, lower-case) are terms
    with weights; `names` are whole words as they are written; `owners` are pairs such as class and method; `pairs` are
    neighbouring words with how often they stand so, `title_pairs` those of the title. `about` are the kinds of files,
    and `title_paths` the paths, that the title says the issue is about.
    """

    terms: Mapping[str, float]
    title: Mapping[str, float]
    prose: Mapping[str, float]
    identifiers: Mapping[str, float]
    names: Mapping[str, float]
    title_names: frozenset[str]
    owners: frozenset[Pair]
    pairs: Mapping[Pair, int]
    title_pairs: frozenset[Pair]
    mentions: Mentions
    about: frozenset[FileKind]
    title_paths: tuple[str, ...]

    @property
    def all_terms(self) -> frozenset[str]:
        """Every term that has a weight anywhere."""
        return frozenset(self.terms) | self.title.keys() | self.prose.keys() | self.identifiers.keys()


def read_query(issue_text: str) -> Query:
    """Read an issue; its first line is its title."""
    text = readable(issue_text)
    title, _, body = text.partition("\n")
    title, told = title[:_MAX_TITLE], told_lines(body)
    dotted = [_BETWEEN_DOTTED.split(name) for name in _DOTTED.findall(text)]
    return Query(
        terms=issue_terms(text),
        title=term_weights((title, 1.0)),
        prose=term_weights((title, _TITLE_WEIGHT), (_FENCE.sub("\n", told), 1.0)),
        identifiers=_identifiers(title, told),
        names=_counted(name for part in (*[title] * _TITLE_WEIGHT, told) for name in _NAME.findall(part)),
        title_names=frozenset(_NAME.findall(title)),
        owners=frozenset(pair for parts in dotted for pair in itertools.pairwise(parts)),
        pairs=dict(Counter(word_pairs(text[:_MAX_PAIR_CHARS])).most_common(_MAX_PAIRS)),
        title_pairs=frozenset(word_pairs(title)),
        mentions=find_mentions(text),
        about=_about(title),
        title_paths=find_mentions(title).paths,
    )


def word_pairs(text: str) -> Iterator[Pair]:
    """Neighbouring words, those that stand everywhere left out; names count by their parts."""
    words = [singular(word.lower()) for word in _LETTERS.findall(_HUMP.sub(" ", text))]
    return ((one, other) for one, other in itertools.pairwise(words) if not {one, other} & STOP_WORDS)


def _identifiers(title: str, told: str) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for text, weight in ((title, _TITLE_WEIGHT), (told, 1)):
        for name in _code_names(text):
            counts[name.strip("_").lower()] += weight
    return {name: saturated(count) for name, count in counts.items() if _is_telling(name)}


def _code_names(text: str) -> Iterator[str]:
    """Names that are written as code is: in backticks, with humps or underscores, called, or dotted."""
    for code in _INLINE_CODE.findall(text):
        yield from _NAME.findall(code)
    yield from (name for name in _NAME.findall(text) if _COMPOUND.search(name))
    yield from _CALLED.findall(text)
    for dotted in _DOTTED.findall(text):
        yield from _BETWEEN_DOTTED.split(dotted)


def _counted(names: Iterator[str]) -> dict[str, float]:
    return {name: saturated(count) for name, count in Counter(names).items() if _is_telling(name)}


def _is_telling(name: str) -> bool:
    return len(name) >= _SHORTEST_NAME and name.lower() not in STOP_WORDS


def _about(title: str) -> frozenset[FileKind]:
    kinds = {FileKind.TEST: _ABOUT_TESTS, FileKind.DOCUMENTATION: _ABOUT_DOCUMENTATION}
    return frozenset(kind for kind, pattern in kinds.items() if pattern.search(title))
