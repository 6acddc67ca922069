"""A language model in memory."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from application.ports.language_model import LanguageModel
from application.token_estimate import estimate_prompt_tokens, estimate_tokens
from domain.conversation import FREE, Reply, StopReason, priced
from domain.errors import AgentError, AnswerUnusable, ModelUnavailable
from domain.model_health import ModelHealth
from domain.model_profile import ModelProfile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.conversation import Message, Price


class FakeModel(LanguageModel):
    """Gives what it was told to give, in order, and remembers what it was asked.

    A text is an answer that ends by itself; an error is raised. Being asked once more than planned fails the test.
    `pause_seconds` is how long it thinks. With `hold_after` it stops after so many characters, for ever, and sets
    `holding`.
    """

    def __init__(
        self,
        *script: str | Reply | AgentError,
        price: Price | None = FREE,
        context_tokens: int = 100_000,
        max_answer_tokens: int = 8_000,
        pause_seconds: float = 0.0,
        hold_after: int | None = None,
        name: str = "fake",
    ) -> None:
        self._script = deque(script)
        self._profile = ModelProfile(name, price, context_tokens, max_answer_tokens)
        self._pause_seconds = pause_seconds
        self._hold_after = hold_after
        self.holding = asyncio.Event()
        self.asked: list[tuple[Message, ...]] = []
        self.deadlines: list[float] = []
        self.closed = False

    @property
    def profile(self) -> ModelProfile:
        return self._profile

    async def fitted_profile(self) -> ModelProfile:
        return self._profile

    def estimate(self, messages: Sequence[Message]) -> int:
        return estimate_prompt_tokens(messages)

    async def reply(
        self, messages: Sequence[Message], *, deadline_seconds: float, on_text: Callable[[str], None]
    ) -> Reply:
        self.asked.append(tuple(messages))
        self.deadlines.append(deadline_seconds)
        assert self._script, "the model was asked more often than the test planned"
        planned = self._script.popleft()
        await self._think(deadline_seconds)
        if isinstance(planned, AgentError):
            raise planned
        reply = planned if isinstance(planned, Reply) else self._reply(planned, messages)
        on_text(reply.text[: self._hold_after])
        if self._hold_after is not None:
            await asyncio.sleep(0)
            self.holding.set()
            await asyncio.Event().wait()
        return reply

    async def check(self) -> ModelHealth:
        return ModelHealth(self._profile.name, reachable=True, context_tokens=self._profile.context_tokens)

    async def close(self) -> None:
        self.closed = True

    async def _think(self, deadline_seconds: float) -> None:
        try:
            async with asyncio.timeout(deadline_seconds):
                await asyncio.sleep(self._pause_seconds)
        except TimeoutError as error:
            message = "the fake thought for too long"
            raise ModelUnavailable(message) from error

    def _reply(self, text: str, messages: Sequence[Message]) -> Reply:
        if not text.strip():
            message = "an empty answer"
            raise AnswerUnusable(message)
        spend = priced(self.estimate(messages), estimate_tokens(text), self._profile.price)
        return Reply(text, StopReason.END, spend, self.profile.name)
