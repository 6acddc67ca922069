"""A model that is asked again when it fails for now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.ports.language_model import LanguageModel
from application.retrying import retrying

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from application.ports.clock import Clock
    from domain.conversation import Message, Reply
    from domain.model_health import ModelHealth
    from domain.model_profile import ModelProfile


class RetryingModel(LanguageModel):
    """Asks `model` up to `attempts` times; for work that no queue brings back."""

    def __init__(self, model: LanguageModel, clock: Clock, attempts: int) -> None:
        self._model = model
        self._clock = clock
        self._attempts = attempts

    @property
    def profile(self) -> ModelProfile:
        """The model's own."""
        return self._model.profile

    async def fitted_profile(self) -> ModelProfile:
        """The model's own."""
        return await self._model.fitted_profile()

    def estimate(self, messages: Sequence[Message]) -> int:
        """The model's own."""
        return self._model.estimate(messages)

    async def check(self) -> ModelHealth:
        """The model's own."""
        return await self._model.check()

    async def reply(
        self, messages: Sequence[Message], *, deadline_seconds: float, on_text: Callable[[str], None]
    ) -> Reply:
        """The first answer that arrives whole; pieces of one that did not have been passed on all the same."""
        ends = self._clock.monotonic() + deadline_seconds

        async def ask() -> Reply:
            left = max(0.0, ends - self._clock.monotonic())
            return await self._model.reply(messages, deadline_seconds=left, on_text=on_text)

        return await retrying(self._clock, self._attempts, ask, seconds=deadline_seconds)

    async def close(self) -> None:
        """Close the model."""
        await self._model.close()
