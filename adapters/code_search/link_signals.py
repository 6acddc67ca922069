"""What lies near to the candidates: the tests and documentation that match, imports, neighbours."""

from __future__ import annotations

import math
import posixpath
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from adapters.code_search.file_kinds import FileKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.code_search.candidates import Candidate
    from adapters.code_search.corpus import Corpus, Document

MAX_TESTS = 10
MAX_TEXTS = 10
"""How many of the best matching tests and documents are listened to."""

MAX_BEST = 20
"""How many of the best candidates count as a neighbourhood."""

MAX_LIKELY = 10
SHARPNESS = 15.0
"""How many may be the right one, and how much likelier the first is than the others."""

_SAYS_NOTHING = frozenset({"doc", "docs", "spec", "specs", "test", "testcase", "testing", "tests"})
_TEST_AFFIX = re.compile(r"^(?:tests?|spec)[_-]+|[._-]*(?:tests?|specs?)$", re.IGNORECASE)


def best_of(corpus: Corpus, kind: FileKind, most: int) -> list[tuple[Document, float]]:
    """The documents of a kind that match best by words, and how well, compared with the best of all."""
    top = max(corpus.matches, default=0.0) or 1.0
    ranked = sorted(
        (
            (match / top, document)
            for document, match in zip(corpus.documents, corpus.matches, strict=True)
            if document.kind is kind
        ),
        key=lambda item: (-item[0], item[1].path),
    )
    return [(document, match) for match, document in ranked[:most]]


def kin_signals(candidates: Sequence[Candidate], corpus: Corpus) -> dict[str, list[float]]:
    """Words of the path that the best tests, and the best documentation, have in theirs; a test's own subject."""
    tests = best_of(corpus, FileKind.TEST, MAX_TESTS)
    texts = best_of(corpus, FileKind.DOCUMENTATION, MAX_TEXTS)
    return {
        "test paths": _alike(candidates, tests, corpus),
        "documentation paths": _alike(candidates, texts, corpus),
        "tested": _tested(candidates, tests),
    }


def _alike(candidates: Sequence[Candidate], kin: Sequence[tuple[Document, float]], corpus: Corpus) -> list[float]:
    weights: defaultdict[str, float] = defaultdict(float)
    for document, match in kin:
        for word in document.words.all - _SAYS_NOTHING:
            weights[word] += match
    return [corpus.path_match(candidate.document.words.all, weights) for candidate in candidates]


def _tested(candidates: Sequence[Candidate], tests: Sequence[tuple[Document, float]]) -> list[float]:
    """The best test that is called after the file."""
    subjects: dict[str, float] = {}
    for test, match in tests:
        stem = posixpath.splitext(posixpath.basename(test.path))[0]
        subject = _TEST_AFFIX.sub("", stem).lower()
        subjects[subject] = max(match, subjects.get(subject, 0.0))
    return [
        subjects.get(posixpath.splitext(posixpath.basename(candidate.path))[0].lower(), 0.0) for candidate in candidates
    ]


def import_signals(
    candidates: Sequence[Candidate], imported: Mapping[str, frozenset[str]], corpus: Corpus
) -> dict[str, list[float]]:
    """How many candidates import each, and how promising those are that import it, or that lie beside it."""
    importers: Counter[str] = Counter(target for targets in imported.values() for target in targets)
    first = {one.path: corpus.first_score(one.document) for one in candidates}
    best = sorted(first, key=lambda path: (-first[path], path))[:MAX_BEST]
    top = (first[best[0]] if best else 0.0) or 1.0
    return {
        "importers": [math.log(1 + importers[one.path]) for one in candidates],
        "imported by the best": _imported_by(candidates, _chances(first), imported, importers),
        "folder of the best": _folder_mates(candidates, {path: first[path] / top for path in best}),
    }


def _chances(first: Mapping[str, float]) -> dict[str, float]:
    """For each of the few best how likely it is the right one, if the first ranking alone is believed."""
    best = sorted(first, key=lambda path: (-first[path], path))[:MAX_LIKELY]
    top = (first[best[0]] if best else 0.0) or 1.0
    odds = {path: math.exp(SHARPNESS * (first[path] / top - 1)) for path in best}
    total = sum(odds.values())
    return {path: odd / total for path, odd in odds.items()}


def _imported_by(
    candidates: Sequence[Candidate],
    chances: Mapping[str, float],
    imported: Mapping[str, frozenset[str]],
    importers: Mapping[str, int],
) -> list[float]:
    """How likely one of those is right that import each; what many files import is less of a neighbour to each."""
    found: defaultdict[str, float] = defaultdict(float)
    for path, chance in chances.items():
        for target in imported.get(path, ()):
            found[target] += chance / (1 + math.log(1 + importers[target]))
    return [found[one.path] for one in candidates]


def _folder_mates(candidates: Sequence[Candidate], goodness: Mapping[str, float]) -> list[float]:
    """How good the others of the best in the same folder are together."""
    folders: defaultdict[str, float] = defaultdict(float)
    for path, good in goodness.items():
        folders[posixpath.dirname(path)] += good
    return [folders[posixpath.dirname(one.path)] - goodness.get(one.path, 0.0) for one in candidates]
