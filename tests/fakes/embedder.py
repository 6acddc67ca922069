"""A model of embeddings that knows which words it was told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.ports.embedder import Embedder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.errors import AgentError


class FakeEmbedder(Embedder):
    """A vector's parts say which of `words` stand in the text; `failure` is raised instead, if there is one."""

    def __init__(self, *words: str, failure: AgentError | None = None) -> None:
        self._words = words
        self.failure = failure
        self.asked: list[str] = []

    @property
    def name(self) -> str:
        """Of no model."""
        return "fake"

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One number a word."""
        if self.failure is not None:
            raise self.failure
        self.asked += texts
        return [[float(word in text) for word in self._words] for text in texts]

    async def close(self) -> None:
        """There is nothing to close."""
