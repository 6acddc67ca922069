"""From signals to an order."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from adapters.code_search.corpus import scaled
from adapters.code_search.imports import ImportIndex
from adapters.code_search.link_signals import import_signals, kin_signals
from adapters.code_search.mention_signals import mention_signals
from adapters.code_search.name_signals import definition_signals, path_signals
from adapters.code_search.reasons import Reasons
from adapters.code_search.weights import IN_TITLE, NAMED_PLACE, PENALTIES, WEIGHTS
from adapters.code_search.word_signals import definition_word_signals, pair_signals, word_signals
from application.ports.code_search import RankedFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.code_search.candidates import Candidate
    from adapters.code_search.corpus import Corpus
    from adapters.code_search.names import Terms

_ABSOLUTE = frozenset(
    {
        "identifier stem",
        "identifiers covered",
        "imported by the best",
        "in stack trace",
        "named",
        "package",
        "stem",
        "title name strength",
    }
)
"""Signals that mean the same in every repository; of all others the largest is made 1."""


class Ranking:
    """The candidates by the weighted sum of their signals, then all other documents by the first ranking."""

    def __init__(self, corpus: Corpus, candidates: Sequence[Candidate], terms: Terms) -> None:
        self.corpus = corpus
        self.candidates = candidates
        self._terms = terms

    def files(self) -> list[RankedFile]:
        """All of them, best first; equal ones in the order of their paths."""
        scores = self.scores()
        by_path = {one.path: (one, score) for one, score in zip(self.candidates, scores, strict=True)}
        ceiling = min(scores, default=0.0) - 2
        reasons = Reasons(self.corpus)
        ranked = []
        for document in self.corpus.documents:
            if document.path in by_path:
                candidate, score = by_path[document.path]
                why = reasons.of(candidate)
                ranked.append(RankedFile(document.path, score, why, candidate.outline.definitions))
            else:
                ranked.append(RankedFile(document.path, ceiling + self.corpus.first_score(document)))
        return sorted(ranked, key=lambda entry: (-entry.score, entry.path))

    def scores(self) -> list[float]:
        """The weighted sum of each candidate's signals, with the best that is named not below `NAMED_PLACE`."""
        columns = [(weight, self.signals[name]) for name, weight in WEIGHTS.items()]
        scores = [
            sum(weight * values[place] for weight, values in columns) + self._adjustment(candidate)
            for place, candidate in enumerate(self.candidates)
        ]
        best_first = sorted(range(len(scores)), key=lambda place: -scores[place])
        named = [place for place in best_first if self.signals["named"][place] and self._is_likely(place)]
        if named and best_first.index(named[0]) >= NAMED_PLACE:
            scores[named[0]] = sum(scores[place] for place in best_first[NAMED_PLACE - 2 : NAMED_PLACE]) / 2
        return scores

    def _is_likely(self, place: int) -> bool:
        return self._adjustment(self.candidates[place]) >= 0

    def _adjustment(self, candidate: Candidate) -> float:
        document = candidate.document
        if self.corpus.is_in_title(document):
            return IN_TITLE
        return 0.0 if self.corpus.title_is_about(document) else -PENALTIES.get(document.kind, 0.0)

    @cached_property
    def imported(self) -> dict[str, frozenset[str]]:
        """What each candidate imports."""
        index = ImportIndex(document.path for document in self.corpus.documents)
        return {one.path: index.targets(one.path, one.outline.imports) for one in self.candidates}

    @cached_property
    def signals(self) -> dict[str, list[float]]:
        """Every signal by name, for each candidate a number that is 0 where it says nothing and mostly at most 1."""
        candidates, corpus = self.candidates, self.corpus
        raw = {
            **word_signals(candidates, corpus),
            **pair_signals(candidates, corpus.query),
            **definition_word_signals(candidates, corpus.query, self._terms),
            **path_signals(candidates, corpus),
            **definition_signals(candidates, corpus.query),
            **kin_signals(candidates, corpus),
            **import_signals(candidates, self.imported, corpus),
            **mention_signals(candidates, corpus.query.mentions, corpus.index),
        }
        return {name: values if name in _ABSOLUTE else scaled(values) for name, values in raw.items()}
