"""Embeddings by an Ollama server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from adapters.ollama.transport import Transport
from application.ports.embedder import Embedder
from domain.addresses import DIRECT
from domain.errors import AnswerUnusable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.addresses import Route

_TEXTS_A_REQUEST = 16


class _Answer(msgspec.Struct):
    embeddings: list[list[float]]


class OllamaEmbedder(Embedder):
    """Asks `/api/embed`, a few texts a request; `base_url` is for example `http://127.0.0.1:11434`.

    The server loads the model for the first request, so that `silence_seconds` is long.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        connect_seconds: float = 5.0,
        silence_seconds: float = 120.0,
        route: Route = DIRECT,
    ) -> None:
        self._model = model
        self._transport = Transport(
            base_url, model, connect_seconds=connect_seconds, silence_seconds=silence_seconds, route=route
        )

    @property
    def name(self) -> str:
        """As Ollama knows the model."""
        return self._model

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """A vector for each text."""
        vectors: list[list[float]] = []
        for start in range(0, len(texts), _TEXTS_A_REQUEST):
            vectors += await self._some(texts[start : start + _TEXTS_A_REQUEST])
        if len({len(vector) for vector in vectors}) > 1:
            raise AnswerUnusable(self._words("vectors of different lengths"))
        return vectors

    async def _some(self, texts: Sequence[str]) -> list[list[float]]:
        body = {"model": self._model, "input": list(texts), "truncate": True}
        async with self._transport.stream("api/embed", body) as response:
            data = await response.aread()
        try:
            vectors = msgspec.json.decode(data, type=_Answer).embeddings
        except msgspec.MsgspecError:
            raise AnswerUnusable(self._words("an answer that is none")) from None
        if len(vectors) != len(texts) or not all(vectors):
            raise AnswerUnusable(self._words(f"{len(vectors)} vectors for {len(texts)} texts"))
        return vectors

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    def _words(self, what: str) -> str:
        return f"{self._model} gave {what} where embeddings were asked for. Is it an embedding model?"
