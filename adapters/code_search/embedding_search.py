"""A second opinion on the best files: how near in meaning they are to the issue."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
from array import array
from dataclasses import replace
from typing import TYPE_CHECKING

from application.ports.code_search import CodeSearch
from domain.errors import AgentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from adapters.code_search.blob_cache import BlobCache
    from application.ports.code_search import RankedFile
    from application.ports.embedder import Embedder
    from application.ports.vcs import Workspace

_log = logging.getLogger(__name__)

MAX_FILES = 50
"""How many of the best files are looked at."""

WEIGHT = 1.0
"""What the nearest of them gains against the farthest. Not measured: no embedding model was at hand."""

MAX_CHARS = 6_000
"""A file is known by its path, the names that it defines, and its beginning, up to here."""

_RECORD_KIND = "embedding 1"


class EmbeddingCodeSearch(CodeSearch):
    """Ranks as `search` does, then moves the best files by how near they are to the issue.

    Vectors are kept in the cache by what was embedded and by the model. Where the model's server fails, the ranking
    stays as it was, and a warning is logged: the search must not cost the task.
    """

    def __init__(self, search: CodeSearch, embedder: Embedder, cache: BlobCache | None = None) -> None:
        self._search = search
        self._embedder = embedder
        self._cache = cache

    async def rank(self, workspace: Workspace, issue_text: str) -> Sequence[RankedFile]:
        """Every text file that the agent could edit, best first."""
        ranking = list(await self._search.rank(workspace, issue_text))
        best = ranking[:MAX_FILES]
        contents = await workspace.read([file.path for file in best])
        texts = {file.path: _text(file, contents[file.path]) for file in best if file.path in contents}
        try:
            vectors = await self._vectors([issue_text[:MAX_CHARS], *texts.values()])
        except AgentError as error:
            _log.warning("the files are ranked without embeddings: %s", error)
            return ranking
        issue, *others = vectors
        nearness = dict(zip(texts, _scaled([_cosine(issue, other) for other in others]), strict=True))
        moved = [
            replace(file, score=file.score + WEIGHT * nearness[file.path]) if file.path in nearness else file
            for file in ranking
        ]
        return sorted(moved, key=lambda file: (-file.score, file.path))

    async def _vectors(self, texts: Sequence[str]) -> list[Sequence[float]]:
        keys = [hashlib.sha256(f"{self._embedder.name}\n{text}".encode(errors="replace")).hexdigest() for text in texts]
        known = await asyncio.to_thread(self._remembered, keys)
        missing = [place for place, key in enumerate(keys) if key not in known]
        found = await self._embedder.embed([texts[place] for place in missing]) if missing else []
        new = {keys[place]: array("f", vector) for place, vector in zip(missing, found, strict=True)}
        if self._cache is not None and new:
            records = {key: vector.tobytes() for key, vector in new.items()}
            await asyncio.to_thread(self._cache.write, _RECORD_KIND, records)
        return [new[key] if key in new else known[key] for key in keys]

    def _remembered(self, keys: Iterable[str]) -> Mapping[str, Sequence[float]]:
        stored = self._cache.read(_RECORD_KIND, set(keys)) if self._cache is not None else {}
        return {key: array("f", data) for key, data in stored.items() if data and len(data) % 4 == 0}


def _text(file: RankedFile, content: bytes) -> str:
    names = " ".join(one.name for one in file.definitions)
    return f"{file.path}\n{names}\n{content.decode(errors='replace')}"[:MAX_CHARS]


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """How near two vectors are, at most 1; 0 where they cannot be compared."""
    lengths = math.hypot(*one) * math.hypot(*other)
    if len(one) != len(other) or not lengths:
        return 0.0
    return sum(left * right for left, right in zip(one, other, strict=True)) / lengths


def _scaled(values: Sequence[float]) -> list[float]:
    """The values from 0 for the least to 1 for the largest."""
    least, most = min(values, default=0.0), max(values, default=0.0)
    return [(value - least) / (most - least or 1.0) for value in values]
