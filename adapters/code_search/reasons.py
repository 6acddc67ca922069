"""Why a file is where it is, in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.code_search.mention_signals import frame_weights
from application.bm25 import gains

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.code_search.candidates import Candidate
    from adapters.code_search.corpus import Corpus

_MOST = 3
_SHORTEST = 4


class Reasons:
    """Says what speaks for each file: that it is named, what it defines, which words it has, the weightiest first."""

    def __init__(self, corpus: Corpus) -> None:
        mentions, index = corpus.query.mentions, corpus.index
        self._corpus = corpus
        self._weights = corpus.rarity.weighted(corpus.query.terms)
        self._named = {path for name in mentions.paths for path in index.locate(name)}
        self._in_trace = frame_weights(mentions, index).keys()
        self._modules = {path for name in mentions.modules for path in index.locate_module(name)}

    def of(self, candidate: Candidate) -> tuple[str, ...]:
        """A few words each."""
        names = self._corpus.query.names
        matched = gains(candidate.document.bag, self._weights, self._corpus.usual_length)
        defined = {name: names[name] for name in candidate.defined() if name in names and len(name) >= _SHORTEST}
        told = (self._naming(candidate.path), _listed("defines", defined), _listed("matches", matched))
        return tuple(reason for reason in told if reason)

    def _naming(self, path: str) -> str:
        if path in self._named:
            return "named in the issue"
        if path in self._in_trace:
            return "in the stack trace"
        return "its module is named in the issue" if path in self._modules else ""


def _listed(what: str, weights: dict[str, float]) -> str:
    best: Iterable[str] = sorted(weights, key=lambda name: (-weights[name], name))[:_MOST]
    return f"{what}: {', '.join(best)}" if weights else ""
