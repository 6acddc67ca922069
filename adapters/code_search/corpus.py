"""All the text files of a repository as the search knows them after one pass."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from adapters.code_search.file_kinds import LIKELIHOOD, FileKind
from adapters.code_search.mentions import PathIndex
from adapters.code_search.paths import path_words
from application.bm25 import Rarity, bm25, mean_length

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from adapters.code_search.paths import PathWords
    from adapters.code_search.query import Query
    from application.bm25 import Bag

NAME_SHARE = 0.3
FOLDERS_SHARE = 0.1
"""What the best match by name, and by folders, adds to the best match by words, which is 1, in the first ranking."""


FLOOR = 0.01
"""What a file has without any match, so that among those likelier kinds come first."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file: its path and what that says, its kind, and what of the issue's terms stands in it."""

    path: str
    kind: FileKind
    bag: Bag
    words: PathWords


class Corpus:
    """The documents, and what can be said of them together for one issue."""

    def __init__(self, documents: Sequence[Document], query: Query) -> None:
        self.documents = documents
        self.query = query
        self.rarity = Rarity([document.bag.counts for document in documents])
        self.path_rarity = Rarity([document.words.all for document in documents])
        self.index = PathIndex(document.path for document in documents)
        self.usual_length = mean_length([document.bag for document in documents])

    def match(self, documents: Sequence[Document], weights: Mapping[str, float]) -> list[float]:
        """How well the words of documents match terms."""
        return bm25([document.bag for document in documents], self.rarity.weighted(weights), self.usual_length)

    @cached_property
    def matches(self) -> list[float]:
        """The same for all documents and the whole issue."""
        return self.match(self.documents, self.query.terms)

    def first_score(self, document: Document) -> float:
        """A document's score in a first ranking: by words and path, the likelier kinds before others."""
        return self._first_scores[document.path]

    @cached_property
    def _first_scores(self) -> dict[str, float]:
        names = [self.path_match(document.words.name) for document in self.documents]
        folders = [self.path_match(document.words.folders) for document in self.documents]
        return {
            document.path: (FLOOR + match + NAME_SHARE * name + FOLDERS_SHARE * folder) * self.likelihood(document)
            for document, match, name, folder in zip(
                self.documents, scaled(self.matches), scaled(names), scaled(folders), strict=True
            )
        }

    def path_match(self, words: AbstractSet[str], weights: Mapping[str, float] | None = None) -> float:
        """The weights in the issue of words of a path, the rare ones counting more."""
        terms = self.query.terms if weights is None else weights
        return sum(terms[word] * self.path_rarity.of(word) for word in sorted(words & terms.keys()))

    @cached_property
    def named_paths(self) -> frozenset[str]:
        """The files that the issue names, in whichever way."""
        mentions = self.query.mentions
        named = [path for name in (*mentions.frames, *mentions.paths) for path in self.index.locate(name)]
        return frozenset(named + [path for name in mentions.modules for path in self.index.locate_module(name)])

    def likelihood(self, document: Document) -> float:
        """How likely a file of this kind is what the fix changes; the same as code's where the title is about it."""
        return LIKELIHOOD[FileKind.CODE if self.title_is_about(document) else document.kind]

    def title_is_about(self, document: Document) -> bool:
        """Whether the issue's title says that this file, or files of its kind, are to be changed."""
        return document.kind in self.query.about or self.is_in_title(document)

    def is_in_title(self, document: Document) -> bool:
        """Whether the title has the file's path or name."""
        return document.path in self._in_title

    @cached_property
    def _in_title(self) -> frozenset[str]:
        return frozenset(path for name in self.query.title_paths for path in self.index.locate(name))


def scaled(values: Sequence[float]) -> list[float]:
    """The values with the largest made 1."""
    largest = max(values, default=0.0) or 1.0
    return [value / largest for value in values]


def document_of(path: str, kind: FileKind, bag: Bag) -> Document:
    """A document with the words of its path."""
    return Document(path, kind, bag, path_words(path))
