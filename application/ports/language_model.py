"""A language model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.conversation import Message, Reply
    from domain.model_health import ModelHealth
    from domain.model_profile import ModelProfile


class LanguageModel(Protocol):
    """A model behind a server or a script.

    Cancelling `reply` ends the request at the server too.
    """

    @property
    def profile(self) -> ModelProfile:
        """Its name, its price and its limits."""

    async def fitted_profile(self) -> ModelProfile:
        """The same, once the server has been asked how much the model can read: `profile` from then on.

        Where the server cannot be asked, or does not say, it is the profile as it was. Raises nothing.
        """

    def estimate(self, messages: Sequence[Message]) -> int:
        """The tokens of a prompt, rather too many than too few; what the server has counted before corrects it."""

    async def reply(
        self, messages: Sequence[Message], *, deadline_seconds: float, on_text: Callable[[str], None]
    ) -> Reply:
        """Ask, and return the whole answer; `on_text` gets each piece as it is written.

        `Reply.stop` says whether it was cut (`LENGTH`) or refused (`REFUSED`).

        Raises `ModelUnavailable` when the server does not answer, not now, not within `deadline_seconds`, or dies in
        mid-answer; `NotFound` for a model that it does not have; `CredentialsRefused`; `InvalidInput` when the prompt
        is too long or the request is refused as such; `AnswerUnusable` for an answer that is no answer, or has no end.
        The first and the last carry what the request has spent, where that is known.
        """

    async def check(self) -> ModelHealth:
        """Look whether a task could be given to it now. Asks the model nothing, spends nothing, raises nothing."""

    async def close(self) -> None:
        """Let go of connections."""
