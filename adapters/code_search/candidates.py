"""The files that are looked at closely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.code_search.file_kinds import FileKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapters.code_search.corpus import Corpus, Document
    from application.ports.code_structure import DefinitionKind, Outline

MOST = {FileKind.CODE: 150, FileKind.TEST: 10, FileKind.DOCUMENTATION: 5}
"""How many of each kind are looked at; configuration counts with code, data and what no person wrote are not."""

MAX_NAMED = 50
"""How many more may be looked at of each kind because the issue names them."""

MAX_OUTLINED = 100
"""Of so many of them, and of what the issue names, the structure is read."""

_STRUCTURED = frozenset({FileKind.CODE, FileKind.CONFIGURATION})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that has been read closely."""

    document: Document
    outline: Outline
    content: bytes

    @property
    def path(self) -> str:
        """The file's."""
        return self.document.path

    def defined(self) -> dict[str, DefinitionKind]:
        """What it defines: each name, and what it is where it stands first."""
        kinds: dict[str, DefinitionKind] = {}
        for one in self.outline.definitions:
            kinds.setdefault(one.name, one.kind)
        return kinds


def choose(corpus: Corpus) -> list[Document]:
    """The best of the first ranking, and what the issue names."""
    named = corpus.named_paths
    room = dict(MOST)
    chosen = []
    for document in _best_first(corpus):
        kind = FileKind.CODE if document.kind is FileKind.CONFIGURATION else document.kind
        if room.get(kind, -MAX_NAMED) > (-MAX_NAMED if document.path in named else 0):
            room[kind] -= 1
            chosen.append(document)
    return chosen


def to_outline(chosen: Sequence[Document], corpus: Corpus) -> frozenset[str]:
    """The paths of those whose structure is worth the time; `chosen` are the best first."""
    likely = [document for document in chosen if document.kind in _STRUCTURED or corpus.title_is_about(document)]
    named = [document for document in likely[MAX_OUTLINED:] if document.path in corpus.named_paths]
    return frozenset(document.path for document in [*likely[:MAX_OUTLINED], *named])


def _best_first(corpus: Corpus) -> Iterable[Document]:
    return sorted(corpus.documents, key=lambda document: (-corpus.first_score(document), document.path))
