"""The code search that needs nothing but the files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.code_search.file_kinds import is_binary_name
from adapters.code_search.query import read_query
from adapters.code_search.ranking import rank_files
from adapters.code_search.scan import Scanner
from application.ports.code_search import CodeSearch
from application.ports.vcs import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from application.ports.code_search import RankedFile
    from application.ports.vcs import TreeEntry, Workspace

MAX_FILE_BYTES = 1_000_000
BATCH_BYTES = 4_000_000
BATCH_FILES = 500


class Bm25CodeSearch(CodeSearch):
    """Ranks by BM25 over content, by paths and definitions, and by the files and stack traces that the issue names.

    One pass over the content, in batches of `BATCH_BYTES`, each counted in a thread; nothing is kept between calls.
    A file over `max_file_bytes` is left out, as no edit of it would be reviewed.
    """

    def __init__(self, *, max_file_bytes: int = MAX_FILE_BYTES) -> None:
        self._max_file_bytes = max_file_bytes

    async def rank(self, workspace: Workspace, issue_text: str) -> Sequence[RankedFile]:
        """Every text file that the agent could edit, best first; `issue_text` begins with the issue's title."""
        query = await asyncio.to_thread(read_query, issue_text)
        scanner = Scanner(query.terms.keys())
        facts = []
        for batch in _batches([entry for entry in await workspace.entries() if self._may_be_edited(entry)]):
            contents = await workspace.read(batch)
            facts += await asyncio.to_thread(scanner.scan, contents)
        return await asyncio.to_thread(rank_files, facts, query)

    def _may_be_edited(self, entry: TreeEntry) -> bool:
        is_file = entry.kind in {EntryKind.FILE, EntryKind.EXECUTABLE}
        return is_file and entry.size <= self._max_file_bytes and not is_binary_name(entry.path)


def _batches(entries: Sequence[TreeEntry]) -> Iterator[list[str]]:
    """The paths in order, in runs that are bounded in bytes and in number."""
    batch: list[str] = []
    size = 0
    for entry in entries:
        if batch and (size + entry.size > BATCH_BYTES or len(batch) == BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(entry.path)
        size += entry.size
    if batch:
        yield batch
