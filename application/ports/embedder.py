"""Turning texts into vectors, near to each other where the texts mean alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Embedder(Protocol):
    """A model that embeds texts."""

    @property
    def name(self) -> str:
        """The model's; vectors of different names cannot be compared."""

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """A vector for each text, all of one length; what is too long for the model is cut.

        Raises `ModelUnavailable`, `NotFound` for a model that the server does not have, `CredentialsRefused`,
        `InvalidInput` for a request that is refused as such, `AnswerUnusable` for an answer that is none.
        """

    async def close(self) -> None:
        """Let go of connections."""
