"""A language model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.conversation import Message, ModelProfile, Reply


class LanguageModel(Protocol):
    """A model behind a server or a script.

    Cancelling `reply` ends the request at the server too.
    """

    @property
    def profile(self) -> ModelProfile:
        """Its name, its price and its limits."""

    async def reply(
        self, messages: Sequence[Message], *, deadline_seconds: float, on_text: Callable[[str], None]
    ) -> Reply:
        """Ask, and return the whole answer; `on_text` gets each piece as it is written.

        `Reply.stop` says whether it was cut (`LENGTH`) or refused (`REFUSED`).

        Raises `ModelUnavailable` when the server does not answer, not now, not within `deadline_seconds`, or dies in
        mid-answer; `NotFound` for a model that it does not have; `CredentialsRefused`; `InvalidInput` when the prompt
        is too long or the request is refused as such; `AnswerUnusable` for an answer that is no answer.
        """

    async def close(self) -> None:
        """Let go of connections."""
