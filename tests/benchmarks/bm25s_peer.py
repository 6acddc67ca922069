"""The order of a repository's files by `bm25s`: every file whole with its path, by its own tokenizer, no stop words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bm25s  # type: ignore[import-untyped]
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from application.ports.vcs import Workspace

    Tokens = NDArray[np.int32]


class Bm25sPeer:
    """Ranks by `bm25s`. The tokens of a blob are kept for the next revision, for cutting text is what takes longest."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {}
        self._tokens: dict[str, Tokens] = {}

    async def ranking(self, workspace: Workspace, issue: str) -> list[str]:
        """All text files, best first."""
        entries = await workspace.entries()
        blobs = {entry.path: entry.blob for entry in entries}
        new = {entry.blob: entry.path for entry in entries if entry.blob not in self._tokens}
        contents = await workspace.read(new.values())
        self._learn({blob: contents[path] for blob, path in new.items() if path in contents})
        paths = sorted(path for path, blob in blobs.items() if self._tokens.get(blob) is not None)
        names = self._numbered(paths)
        documents = [
            name.tolist() + self._tokens[blobs[path]].tolist() for path, name in zip(paths, names, strict=True)
        ]
        retriever = bm25s.BM25()
        retriever.index((documents, dict(self._vocabulary)), show_progress=False)
        question = bm25s.tokenize([issue], stopwords=None, show_progress=False)
        found, _ = retriever.retrieve(question, corpus=paths, k=len(paths), show_progress=False)
        return [str(path) for path in found[0]]

    def _learn(self, contents: Mapping[str, bytes]) -> None:
        texts = {blob: content.decode(errors="replace") for blob, content in contents.items() if b"\0" not in content}
        self._tokens |= dict(zip(texts, self._numbered(list(texts.values())), strict=True))

    def _numbered(self, texts: Sequence[str]) -> list[Tokens]:
        number = self._vocabulary
        cut = bm25s.tokenize(texts, stopwords=None, return_ids=False, show_progress=False) if texts else []
        return [np.array([number.setdefault(one, len(number)) for one in words], dtype=np.int32) for words in cut]
