"""What the words of the candidates say: alone, side by side, and in the names of what is defined."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING

from application.bm25 import Bag, Rarity, bm25, mean_length
from application.issue_terms import plurals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.code_search.candidates import Candidate
    from adapters.code_search.corpus import Corpus
    from adapters.code_search.names import Terms
    from adapters.code_search.query import Pair, Query

_SOFT = 0.3
"""How much a long file's counts are discounted where hubs, which are long, shall not lose by it."""

_HUMP = re.compile(rb"[A-Z](?<=[a-z].)")
"""Where a word begins; a pattern that begins with the letter is found faster than the place before it."""

_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_ONLY_LETTERS = bytes(byte if byte in _LETTERS else 0x20 for byte in range(0x100))


def word_signals(candidates: Sequence[Candidate], corpus: Corpus) -> dict[str, list[float]]:
    """Signals of whole files."""
    query = corpus.query
    documents = [candidate.document for candidate in candidates]
    bags = [document.bag for document in documents]
    return {
        "first": [corpus.first_score(document) for document in documents],
        "title words": corpus.match(documents, query.title),
        "title words, soft": bm25(bags, corpus.rarity.weighted(query.title), corpus.usual_length, _SOFT),
        "prose words": corpus.match(documents, query.prose),
        "rare words": bm25(
            bags,
            {term: weight * corpus.rarity.of(term) for term, weight in corpus.rarity.weighted(query.terms).items()},
            corpus.usual_length,
        ),
        "identifiers covered": _covered(bags, corpus.rarity.weighted(query.identifiers)),
    }


def _covered(bags: Sequence[Bag], weights: Mapping[str, float]) -> list[float]:
    """The share of the terms' weight that stands in each at all."""
    total = sum(weights.values()) or 1.0
    return [sum(weights[term] for term in sorted(bag.counts.keys() & weights.keys())) / total for bag in bags]


def pair_signals(candidates: Sequence[Candidate], query: Query) -> dict[str, list[float]]:
    """Words that stand side by side in the issue and in the file."""
    sought = {(one.encode(), pair[1].encode()): pair for pair in query.pairs for one in plurals(pair[0])}
    found = [_pairs_in(candidate, sought) for candidate in candidates]
    in_title = [pairs & query.title_pairs for pairs in found]
    rarity = Rarity([[" ".join(pair) for pair in pairs] for pairs in found])
    return {
        "pairs": [sum(rarity.of(" ".join(pair)) for pair in sorted(pairs)) for pairs in found],
        "title pairs": [sum(rarity.of(" ".join(pair)) for pair in sorted(pairs)) for pairs in in_title],
    }


def _pairs_in(candidate: Candidate, sought: Mapping[tuple[bytes, bytes], Pair]) -> frozenset[Pair]:
    """Those of the pairs that stand in the file, names cut into their parts, in whatever case."""
    words = _HUMP.sub(rb" \g<0>", candidate.content).lower().translate(_ONLY_LETTERS).split()
    firsts = {pair[0] for pair in sought}
    there = {(one, other) for one, other in itertools.pairwise(words) if one in firsts}
    return frozenset(sought[pair] for pair in there & sought.keys())


def definition_word_signals(candidates: Sequence[Candidate], query: Query, terms: Terms) -> dict[str, list[float]]:
    """The words in the names of what each file defines."""
    names = [Counter(one.name.encode() for one in candidate.outline.definitions) for candidate in candidates]
    terms.learn(names)
    bags = [Bag(terms.count(counted), counted.total()) for counted in names]
    weights = Rarity([bag.counts for bag in bags]).weighted(query.terms)
    return {"definition words": bm25(bags, weights, mean_length(bags))}
