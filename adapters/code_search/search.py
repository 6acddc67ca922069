"""The code search that needs nothing but the files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.code_search.candidates import Candidate, choose, to_outline
from adapters.code_search.corpus import Corpus
from adapters.code_search.names import Terms
from adapters.code_search.query import read_query
from adapters.code_search.ranking import Ranking
from adapters.code_search.scan import Scanner
from application.ports.code_search import CodeSearch
from application.ports.code_structure import Outline
from domain.errors import ParserUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.code_search.blob_cache import BlobCache
    from adapters.code_search.corpus import Document
    from application.ports.code_search import RankedFile
    from application.ports.code_structure import CodeStructure
    from application.ports.vcs import Workspace

MAX_FILE_BYTES = 1_000_000


class LocalCodeSearch(CodeSearch):
    """One pass over all words, then a close look at the best few hundred files, whose structure is read.

    A file over `max_file_bytes` is left out, as no edit of it would be reviewed. With a cache, only blobs that it does
    not know are read. Where no structure can be read, words and paths alone decide.
    """

    def __init__(
        self, structure: CodeStructure, *, cache: BlobCache | None = None, max_file_bytes: int = MAX_FILE_BYTES
    ) -> None:
        self._structure = structure
        self._cache = cache
        self._max_file_bytes = max_file_bytes

    async def rank(self, workspace: Workspace, issue_text: str) -> Sequence[RankedFile]:
        """Every text file that the agent could edit, best first; `issue_text` begins with the issue's title."""
        return (await self.ranking(workspace, issue_text)).files()

    async def ranking(self, workspace: Workspace, issue_text: str) -> Ranking:
        """The same, with what it was made from."""
        query = await asyncio.to_thread(read_query, issue_text)
        terms = Terms(query.all_terms)
        corpus = Corpus(await Scanner(terms, self._cache, self._max_file_bytes).documents(workspace), query)
        chosen = await asyncio.to_thread(choose, corpus)
        contents = await workspace.read([document.path for document in chosen])
        worth_it = to_outline(chosen, corpus)
        outlines = await self._outlines({path: content for path, content in contents.items() if path in worth_it})
        return await asyncio.to_thread(_ranking, corpus, chosen, contents, outlines, terms)

    async def _outlines(self, contents: Mapping[str, bytes]) -> Mapping[str, Outline]:
        try:
            return await self._structure.outlines(contents)
        except ParserUnavailable:
            return {}


def _ranking(
    corpus: Corpus,
    chosen: Sequence[Document],
    contents: Mapping[str, bytes],
    outlines: Mapping[str, Outline],
    terms: Terms,
) -> Ranking:
    candidates = [
        Candidate(document, outlines.get(document.path, Outline()), contents[document.path])
        for document in chosen
        if document.path in contents
    ]
    return Ranking(corpus, candidates, terms)
