"""One pass over the content of a repository: what of an issue's terms stands in which file."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.code_search.corpus import document_of
from adapters.code_search.file_kinds import HEAD_BYTES, MAX_READ_BYTES, FileKind, is_binary_name, kind_of
from adapters.code_search.word_records import RECORD_KIND, decoded, encoded, word_record
from application.bm25 import Bag
from application.ports.vcs import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.code_search.blob_cache import BlobCache
    from adapters.code_search.corpus import Document
    from adapters.code_search.names import Terms
    from adapters.code_search.word_records import WordRecord
    from application.ports.vcs import TreeEntry, Workspace

BATCH_BYTES = 1_000_000
BATCH_FILES = 500


@dataclass(frozen=True, slots=True)
class _Source:
    """A file to be counted, up to the byte `head` if there is such a bound."""

    entry: TreeEntry
    head: int | None

    @property
    def path(self) -> str:
        return self.entry.path

    @property
    def key(self) -> str:
        """What is counted, in the cache."""
        if self.head is None or self.entry.size <= self.head:
            return self.entry.blob
        return f"{self.entry.blob} {self.head}"


class Scanner:
    """Reads a repository against the terms of one issue, in batches of `BATCH_BYTES`, each counted in a thread.

    What the cache knows of a blob is not read again. A file over `max_file_bytes` is left out.
    """

    def __init__(self, terms: Terms, cache: BlobCache | None, max_file_bytes: int) -> None:
        self._terms = terms
        self._cache = cache
        self._max_file_bytes = max_file_bytes

    async def documents(self, workspace: Workspace) -> list[Document]:
        """All files that are text and not a pointer to text kept elsewhere, in order of their paths."""
        entries = [entry for entry in await workspace.entries() if self._may_be_edited(entry)]
        kinds = {entry.path: kind_of(entry.path) for entry in entries}
        unread = {entry.path for entry in entries if entry.size > MAX_READ_BYTES.get(kinds[entry.path], entry.size)}
        documents = [document_of(path, kinds[path], Bag({}, 0)) for path in unread]
        for batch in _batches([entry for entry in entries if entry.path not in unread]):
            records = await self._records(
                [_Source(entry, HEAD_BYTES.get(kinds[entry.path])) for entry in batch], workspace
            )
            documents += await asyncio.to_thread(self._counted, records, kinds)
        return sorted(documents, key=lambda document: document.path)

    async def _records(self, batch: Sequence[_Source], workspace: Workspace) -> dict[str, WordRecord]:
        known = await asyncio.to_thread(self._remembered, batch)
        unknown = {source.path: source for source in batch if source.path not in known}
        contents = await workspace.read(unknown)
        return known | await asyncio.to_thread(self._new, unknown, contents)

    def _remembered(self, batch: Sequence[_Source]) -> dict[str, WordRecord]:
        if self._cache is None:
            return {}
        stored = self._cache.read(RECORD_KIND, [source.key for source in batch])
        return {
            source.path: record
            for source in batch
            if source.key in stored and (record := decoded(stored[source.key])) is not None
        }

    def _new(self, sources: Mapping[str, _Source], contents: Mapping[str, bytes]) -> dict[str, WordRecord]:
        records = {path: word_record(content, sources[path].head) for path, content in contents.items()}
        if self._cache is not None and records:
            self._cache.write(RECORD_KIND, {sources[path].key: encoded(record) for path, record in records.items()})
        return records

    def _counted(self, records: Mapping[str, WordRecord], kinds: Mapping[str, FileKind]) -> list[Document]:
        self._terms.learn(record.names for record in records.values())
        return [
            document_of(
                path,
                FileKind.FOREIGN if record.is_generated else kinds[path],
                Bag(self._terms.count(record.names), record.length),
            )
            for path, record in records.items()
            if record.is_text
        ]

    def _may_be_edited(self, entry: TreeEntry) -> bool:
        is_file = entry.kind in {EntryKind.FILE, EntryKind.EXECUTABLE}
        return is_file and entry.size <= self._max_file_bytes and not is_binary_name(entry.path)


def _batches(entries: Sequence[TreeEntry]) -> Iterator[list[TreeEntry]]:
    """The entries in order, in runs that are bounded in bytes and in number."""
    batch: list[TreeEntry] = []
    size = 0
    for entry in entries:
        if batch and (size + entry.size > BATCH_BYTES or len(batch) == BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += entry.size
    if batch:
        yield batch
