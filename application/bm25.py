"""BM25, as in Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009).

The inverse document frequency is the one that cannot fall below zero.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

K1 = 1.2
"""How soon the repetitions of a term in a document stop to count."""

B = 0.75
"""How much a long document's counts are discounted: 0 not at all, 1 in proportion."""


@dataclass(frozen=True, slots=True)
class Bag:
    """A document: how often each of the terms that matter stands in it, and how many words it has altogether."""

    counts: Mapping[str, int]
    length: int


class Rarity:
    """The inverse document frequency of terms among documents; each document is given by the terms that it has."""

    def __init__(self, documents: Collection[Iterable[str]]) -> None:
        self._total = len(documents)
        self._frequency = Counter(term for document in documents for term in document)

    def of(self, term: str) -> float:
        """At least 0; the fewer documents have the term, the more."""
        frequency = self._frequency[term]
        return math.log(1 + (self._total - frequency + 0.5) / (frequency + 0.5))

    def weighted(self, weights: Mapping[str, float]) -> dict[str, float]:
        """The weights, each times how rare its term is."""
        return {term: weight * self.of(term) for term, weight in weights.items()}


def mean_length(bags: Collection[Bag]) -> float:
    """Never 0, so that one may divide by it."""
    return sum(bag.length for bag in bags) / len(bags) if bags and any(bag.length for bag in bags) else 1.0


def bm25(bags: Sequence[Bag], weights: Mapping[str, float], usual_length: float, b: float = B) -> list[float]:
    """For each document how well it matches; `weights` of the terms have their rarity in them already."""
    wanted = weights.keys()
    return [_match(bag, wanted, weights, K1 * (1 - b + b * bag.length / usual_length)) for bag in bags]


def _match(bag: Bag, wanted: AbstractSet[str], weights: Mapping[str, float], damping: float) -> float:
    counts = bag.counts
    # In a fixed order, for the sum of floats depends on it.
    return sum(
        weights[term] * counts[term] * (K1 + 1) / (counts[term] + damping) for term in sorted(counts.keys() & wanted)
    )


def gains(bag: Bag, weights: Mapping[str, float], usual_length: float) -> dict[str, float]:
    """What each term of the document contributes to its match."""
    damping = K1 * (1 - B + B * bag.length / usual_length)
    return {
        term: weights[term] * bag.counts[term] * (K1 + 1) / (bag.counts[term] + damping)
        for term in bag.counts.keys() & weights.keys()
    }
