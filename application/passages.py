"""Files cut into passages, and which of them an issue is most likely about."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.bm25 import Bag, Rarity, bm25, mean_length
from application.issue_terms import issue_terms, readable, terms_in
from application.ports.code_structure import DefinitionKind
from application.token_estimate import estimate_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from application.ports.code_structure import Definition

LONGEST_PASSAGE = 60
"""Lines; a longer function is cut into pieces of about this length."""

PLAIN_PASSAGE = 25
"""Lines of a passage where nothing is known of the file's structure."""

NAME_COUNT = 2
"""The words of a definition's name count like so many more in its passage."""

NAMED_BONUS = 0.3
"""What a passage gains whose definition the issue names, as a share of the best match of all."""

SHARPNESS = 1.3
"""How much the best passages of a file are preferred to its others: 1 in proportion to their match."""

_LEAST = 0.3
_SHORTEST_NAME = 4
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines `first` to `last` of a file, counted from 1 and both included; `name` is their definition's, or "".

    `tokens` is the estimate for the text alone.
    """

    path: str
    name: str
    first: int
    last: int
    text: str
    tokens: int


def lines_of(text: str) -> list[str]:
    """The lines with their ends; only a line feed ends a line, as in git and in an editor."""
    pieces = text.split("\n")
    lines = [f"{piece}\n" for piece in pieces[:-1]]
    return [*lines, pieces[-1]] if pieces[-1] else lines


def passages_of(path: str, text: str, definitions: Sequence[Definition]) -> list[Passage]:
    """The file in passages: each function, what of a class is between its functions, what is between definitions."""
    lines = lines_of(text)
    scopes = [one for one in definitions if one.kind is not DefinitionKind.CONSTANT]
    runs = _runs(owners(len(lines), scopes)) if scopes else [(-1, 0, len(lines))]
    longest = LONGEST_PASSAGE if scopes else PLAIN_PASSAGE
    passages = []
    for owner, start, end in runs:
        for first, last in _pieces(start, end, longest):
            piece = "".join(lines[first:last])
            name = scopes[owner].name if owner >= 0 else ""
            passages.append(Passage(path, name, first + 1, last, piece, estimate_tokens(piece)))
    return passages


def owners(count: int, scopes: Sequence[Definition]) -> list[int]:
    """For each line the place of the innermost scope that it belongs to, -1 for none.

    Functions within functions belong to the outer one. `scopes` are in the order of their first lines.
    """
    owner_of = [-1] * count
    for place, scope in enumerate(scopes):
        first, last = scope.first - 1, min(scope.last, count)
        if 0 <= first < last:
            outer = owner_of[first]
            if outer < 0 or scopes[outer].kind is not DefinitionKind.FUNCTION:
                owner_of[first:last] = [place] * (last - first)
    return owner_of


def likelihoods(files: Sequence[Sequence[Passage]], scores: Sequence[float], issue_text: str) -> list[list[float]]:
    """For each passage of each file how likely it is what the fix changes; over all files they sum up to 1.

    `scores` are the files' own, as in a ranking.
    """
    matches = _matches(files, issue_text)
    top = max(scores, default=0.0)
    odds = [math.exp(score - top) for score in scores]
    result = []
    for match, chance in zip(matches, odds, strict=True):
        total = sum(match) or 1.0
        result.append([chance / (sum(odds) or 1.0) * value / total for value in match])
    return result


def _matches(files: Sequence[Sequence[Passage]], issue_text: str) -> list[list[float]]:
    """How well each passage matches, made comparable within its file."""
    weights = issue_terms(issue_text)
    words = frozenset(_WORD.findall(readable(issue_text)))
    bags = [_bag(passage, weights) for passages in files for passage in passages]
    values = iter(bm25(bags, Rarity([bag.counts for bag in bags]).weighted(weights), mean_length(bags)))
    matched = [[(passage, next(values)) for passage in passages] for passages in files]
    bonus = NAMED_BONUS * max((value for pairs in matched for _, value in pairs), default=0.0)
    return [
        [(_LEAST + value + (bonus if _is_named(passage, words) else 0.0)) ** SHARPNESS for passage, value in pairs]
        for pairs in matched
    ]


def _is_named(passage: Passage, words: frozenset[str]) -> bool:
    return len(passage.name) >= _SHORTEST_NAME and passage.name in words


def _bag(passage: Passage, weights: Mapping[str, float]) -> Bag:
    counts = Counter(terms_in(passage.text))
    length = counts.total()
    for term in terms_in(passage.name):
        counts[term] += NAME_COUNT
    return Bag({term: counts[term] for term in counts.keys() & weights.keys()}, length)


def _runs(owner_of: Sequence[int]) -> Iterable[tuple[int, int, int]]:
    """Each run of lines of one owner: the owner, the first line from 0, and the line behind the last."""
    for owner, run in itertools.groupby(range(len(owner_of)), key=owner_of.__getitem__):
        places = list(run)
        yield owner, places[0], places[-1] + 1


def _pieces(start: int, end: int, longest: int) -> Iterable[tuple[int, int]]:
    """The run in pieces of about the same length, at most half longer than `longest`."""
    length = end - start
    count = math.ceil(length / longest) if length * 2 > longest * 3 else 1
    step = math.ceil(length / count) if length else 1
    return ((first, min(first + step, end)) for first in range(start, end, step))
