"""From the facts of files to an order: BM25, and what the issue names.

BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the inverse
document frequency that cannot fall below zero.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from adapters.code_search.file_kinds import LIKELIHOOD, FileKind
from adapters.code_search.mentions import PathIndex
from application.ports.code_search import RankedFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from adapters.code_search.mentions import Mentions
    from adapters.code_search.query import Query
    from adapters.code_search.scan import FileFacts

K1 = 1.2
"""How soon the repetitions of a term in a file stop to count."""

B = 0.75
"""How much a long file's counts are discounted: 0 not at all, 1 in proportion."""

PATH_WEIGHT = 0.3
DEFINITION_WEIGHT = 0.3
"""The best match by path, or by what a file defines, adds so much to the best match by content, which is 1."""

NAMED_WEIGHT = 1.5
MODULE_WEIGHT = 0.5
FRAME_WEIGHT = 1.0
FRAME_DECAY = 0.8
"""Each file of a stack trace counts so much less than the one nearer to the failure."""

FLOOR = 0.01
"""What a file has without any match, so that among those likelier kinds come first."""

_TERMS_IN_WHY = 3
_UNNAMED = (0.0, "")


def rank_files(files: Sequence[FileFacts], query: Query) -> list[RankedFile]:
    """All the files, best first; equal ones in the order of their paths."""
    matches = _term_matches(files, query.terms)
    relevance = [
        content + PATH_WEIGHT * path + DEFINITION_WEIGHT * definition
        for content, path, definition in zip(
            _scaled([sum(match.values()) for match in matches]),
            _scaled(_shared_weight([file.in_path for file in files], query.terms)),
            _scaled(_shared_weight([file.defines for file in files], query.terms)),
            strict=True,
        )
    ]
    index = PathIndex(file.path for file in files)
    named = _named(index, query.mentions)
    in_title = {path for name in query.title_paths for path in index.locate(name)}
    ranked = []
    for file, relevant, match in zip(files, relevance, matches, strict=True):
        boost, naming = named.get(file.path, _UNNAMED)
        is_about = file.kind in query.about or file.path in in_title
        score = (FLOOR + relevant + boost) * LIKELIHOOD[FileKind.CODE if is_about else file.kind]
        ranked.append(RankedFile(file.path, score, _why(naming, file, match, query.terms)))
    return sorted(ranked, key=lambda entry: (-entry.score, entry.path))


def _why(naming: str, file: FileFacts, match: Mapping[str, float], terms: Mapping[str, float]) -> tuple[str, ...]:
    best = sorted(match, key=lambda term: (-match[term], term))[:_TERMS_IN_WHY]
    defined = sorted(file.defines, key=lambda term: (-terms[term], term))[:_TERMS_IN_WHY]
    reasons = (naming, _listed("defines", defined), _listed("matches", best))
    return tuple(reason for reason in reasons if reason)


def _listed(what: str, terms: Sequence[str]) -> str:
    return f"{what}: {', '.join(terms)}" if terms else ""


def _term_matches(files: Sequence[FileFacts], terms: Mapping[str, float]) -> list[dict[str, float]]:
    """For each file what BM25 gives it for each term, times the weight that the term has in the issue."""
    rarity = _rarity([file.counts for file in files])
    mean_length = sum(file.length for file in files) / len(files) if files else 0.0
    matches = []
    for file in files:
        damping = K1 * (1 - B + B * file.length / (mean_length or 1.0))
        matches.append(
            {
                term: terms[term] * rarity[term] * count * (K1 + 1) / (count + damping)
                for term, count in file.counts.items()
            }
        )
    return matches


def _shared_weight(sets: Sequence[frozenset[str]], terms: Mapping[str, float]) -> list[float]:
    """For each set the weights of its terms, the rare ones counting more."""
    rarity = _rarity(sets)
    return [sum(terms[term] * rarity[term] for term in sorted(found)) for found in sets]


def _rarity(documents: Sequence[Iterable[str]]) -> dict[str, float]:
    """The inverse document frequency of each term."""
    frequency = Counter(term for document in documents for term in document)
    total = len(documents)
    return {term: math.log(1 + (total - count + 0.5) / (count + 0.5)) for term, count in frequency.items()}


def _scaled(values: Sequence[float]) -> list[float]:
    """The values with the largest made 1."""
    largest = max(values, default=0.0) or 1.0
    return [value / largest for value in values]


def _named(index: PathIndex, mentions: Mentions) -> dict[str, tuple[float, str]]:
    """How much the files that the issue names gain by it, and why: the largest gain of each."""
    named: dict[str, tuple[float, str]] = {}
    weight = FRAME_WEIGHT
    for frame in mentions.frames:
        located = index.locate(frame)
        for path in located:
            named.setdefault(path, (weight, "in the stack trace"))
        weight *= FRAME_DECAY if located else 1.0
    gains = [(path, NAMED_WEIGHT, "named in the issue") for name in mentions.paths for path in index.locate(name)]
    gains += [
        (path, MODULE_WEIGHT, "its module is named in the issue")
        for name in mentions.modules
        for path in index.locate_module(name)
    ]
    for path, gain, why in gains:
        named[path] = max(named.get(path, _UNNAMED), (gain, why))
    return named
