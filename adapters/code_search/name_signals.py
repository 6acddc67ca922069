"""What the names say: of files and folders, and of what the files define."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from application.bm25 import Rarity
from application.ports.code_structure import DefinitionKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.code_search.candidates import Candidate
    from adapters.code_search.corpus import Corpus
    from adapters.code_search.query import Query

_SHORTEST_STEM = 3


def path_signals(candidates: Sequence[Candidate], corpus: Corpus) -> dict[str, list[float]]:
    """Words of the issue in the path; `stem` signals are for a file's name that stands in the issue as it is."""
    query = corpus.query
    words = [candidate.document.words for candidate in candidates]
    scale = math.log(1 + len(corpus.documents)) or 1.0

    def stems(weights: Mapping[str, float]) -> list[float]:
        return [
            corpus.path_rarity.of(one.stem) / scale if one.stem in weights and len(one.stem) >= _SHORTEST_STEM else 0.0
            for one in words
        ]

    return {
        "folders": [corpus.path_match(one.folders) for one in words],
        "title in name": [corpus.path_match(one.name, query.title) for one in words],
        "title in folders": [corpus.path_match(one.folders, query.title) for one in words],
        "identifier stem": stems(query.identifiers),
        "stem": stems(query.terms),
        "title name strength": [
            sum(corpus.path_rarity.of(term) / scale for term in sorted(one.name & query.title.keys())) for one in words
        ],
        "package": [float(candidate.path.rsplit("/", 1)[-1].startswith("__init__.")) for candidate in candidates],
    }


def definition_signals(candidates: Sequence[Candidate], query: Query) -> dict[str, list[float]]:
    """Names of the issue that the file defines."""
    defined = [candidate.defined() for candidate in candidates]
    rarity = Rarity(defined)

    return {
        "classes": [
            sum(
                query.names[name] * rarity.of(name)
                for name, kind in names.items()
                if kind is DefinitionKind.CLASS and name in query.names
            )
            for names in defined
        ],
        "title definitions": [
            sum(rarity.of(name) for name in names if len(name) >= _SHORTEST_STEM and name in query.title_names)
            for names in defined
        ],
        "owners": [float(sum(one in names and other in names for one, other in query.owners)) for names in defined],
        "definitions": [math.log(1 + len(candidate.outline.definitions)) for candidate in candidates],
    }
