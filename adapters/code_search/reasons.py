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


def reasons(candidate: Candidate, corpus: Corpus) -> tuple[str, ...]:
    """What speaks for the file: that it is named, what it defines, which words it has, the weightiest first."""
    query = corpus.query
    weights = corpus.rarity.weighted(query.terms)
    matched = gains(candidate.document.bag, weights, corpus.usual_length)
    defined = {
        name: query.names[name] for name in candidate.defined() if name in query.names and len(name) >= _SHORTEST
    }
    told = (_naming(candidate.path, corpus), _listed("defines", defined), _listed("matches", matched))
    return tuple(reason for reason in told if reason)


def _naming(path: str, corpus: Corpus) -> str:
    mentions, index = corpus.query.mentions, corpus.index
    if any(path in index.locate(name) for name in mentions.paths):
        return "named in the issue"
    if path in frame_weights(mentions, index):
        return "in the stack trace"
    if any(path in index.locate_module(name) for name in mentions.modules):
        return "its module is named in the issue"
    return ""


def _listed(what: str, weights: dict[str, float]) -> str:
    best: Iterable[str] = sorted(weights, key=lambda name: (-weights[name], name))[:_MOST]
    return f"{what}: {', '.join(best)}" if weights else ""
