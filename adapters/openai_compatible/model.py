"""A language model behind a server that speaks OpenAI's chat completions."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from adapters.openai_compatible.chat_events import ChatEvents
from adapters.openai_compatible.health import health_of, not_said
from adapters.openai_compatible.listed_models import read_models
from adapters.openai_compatible.transport import Transport
from application.ports.language_model import LanguageModel
from application.prompt_meter import PromptMeter
from application.token_estimate import estimate_tokens
from domain.addresses import DIRECT
from domain.conversation import Reply, StopReason, Usage
from domain.errors import AgentError, AnswerUnusable, InvalidInput, ModelUnavailable, NotFound
from domain.model_health import ModelHealth
from domain.model_profile import ModelProfile
from domain.secret import Secret

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence

    import httpx

    from adapters.openai_compatible.chat_events import Answer
    from adapters.openai_compatible.listed_models import ListedModel
    from domain.addresses import Route
    from domain.conversation import Message, Price

_STOP_REASONS: Final[Mapping[str, StopReason]] = {
    "stop": StopReason.END,
    "eos_token": StopReason.END,
    "stop_sequence": StopReason.END,
    "": StopReason.END,  # said to be done, with no reason
    "length": StopReason.LENGTH,
    "content_filter": StopReason.REFUSED,
}
_OPTIONAL = ("max_tokens", "temperature", "stream_options")
"""What some servers refuse by name; it is left out from then on, or called `max_completion_tokens`."""
_SECONDS_FOR_THE_COUNTS = 5.0


class OpenAiCompatibleModel(LanguageModel):
    """Asks one model of one server, a stream a request.

    `base_url` goes up to and with `/v1`, for example `http://127.0.0.1:8000/v1`. `price` None is a price that is not
    known. `context_tokens` is what prompt and answer may have together; what the server says bounds it too, once it
    was asked. Servers that count nothing are estimated, and the spend says so.

    `first_byte_seconds` is for waiting one's turn and reading the prompt, in which nothing is sent; `stall_seconds` is
    the longest silence afterwards. An answer that goes on far beyond `max_answer_tokens` is ended here.

    Raises `InvalidInput` for an address, or figures, that make no sense.
    """

    def __init__(  # noqa: PLR0913 - each has a default
        self,
        base_url: str,
        model: str,
        api_key: Secret = Secret(""),
        *,
        price: Price | None = None,
        context_tokens: int = 16_384,
        max_answer_tokens: int = 4_096,
        temperature: float | None = 0.2,
        connect_seconds: float = 5.0,
        first_byte_seconds: float = 300.0,
        stall_seconds: float = 120.0,
        route: Route = DIRECT,
    ) -> None:
        self._wanted = ModelProfile(model, price, context_tokens, max_answer_tokens)
        self._profile = self._wanted
        self._fitted = False
        self._meter = PromptMeter()
        self._temperature = temperature
        self._refused: frozenset[str] = frozenset()
        self._first_byte_seconds = first_byte_seconds
        self._stall_seconds = stall_seconds
        self._transport = Transport(
            base_url,
            model,
            api_key,
            connect_seconds=connect_seconds,
            silence_seconds=max(first_byte_seconds, stall_seconds),
            route=route,
        )
        self._server = self._transport.server

    @property
    def profile(self) -> ModelProfile:
        """As it was given, bounded by what the server says of the model once that is known."""
        return self._profile

    async def fitted_profile(self) -> ModelProfile:
        """The profile, after the server was asked, once, for the model's context."""
        if not self._fitted:
            with suppress(AgentError):  # the request that follows will say it, to somebody who can act on it
                self._fit(await self._listed())
        return self._profile

    def estimate(self, messages: Sequence[Message]) -> int:
        """A guess, corrected by what the server has counted."""
        return self._meter.estimate(messages)

    async def reply(
        self, messages: Sequence[Message], *, deadline_seconds: float, on_text: Callable[[str], None]
    ) -> Reply:
        """The model's answer."""
        estimate = self.estimate(messages)
        try:
            async with asyncio.timeout(deadline_seconds):
                answer = await self._answer(messages, on_text)
        except TimeoutError as error:
            raise self._server.late(deadline_seconds) from error
        if answer.usage:
            self._meter.learn(messages, answer.usage.input_tokens + answer.usage.cache_read_tokens)
        return _reply(answer, estimate, self._profile)

    async def check(self) -> ModelHealth:
        """Whether the server answers and has the model."""
        try:
            return health_of(self._wanted, await self._listed())
        except NotFound:
            return not_said(self._wanted)
        except AgentError as error:
            reached = not isinstance(error, ModelUnavailable)
            return ModelHealth(self._wanted.name, reachable=reached, problems=(str(error),))

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def _listed(self) -> tuple[ListedModel, ...]:
        body = await self._transport.get("models")
        try:
            return read_models(body)
        except (ValueError, RecursionError) as error:
            raise self._server.garbled() from error

    def _fit(self, listed: Sequence[ListedModel]) -> None:
        self._fitted = True
        served = next((model.context_tokens for model in listed if model.name == self._wanted.name), None)
        if served is not None and self._wanted.max_answer_tokens < served < self._wanted.context_tokens:
            self._profile = replace(self._wanted, context_tokens=served)

    def _request(self, messages: Sequence[Message]) -> Mapping[str, object]:
        limit = "max_completion_tokens" if "max_tokens" in self._refused else "max_tokens"
        optional: dict[str, object] = {"temperature": self._temperature, "stream_options": {"include_usage": True}}
        return {
            "model": self._profile.name,
            "messages": [{"role": message.role.value, "content": message.text} for message in messages],
            "stream": True,
            limit: self._profile.max_answer_tokens,
            **{name: value for name, value in optional.items() if value is not None and name not in self._refused},
        }

    async def _answer(self, messages: Sequence[Message], on_text: Callable[[str], None]) -> Answer:
        """The answer; what the server does not want to be told is left out, and it is asked again."""
        while True:
            try:
                return await self._ask(self._request(messages), on_text)
            except InvalidInput as error:
                unwanted = {name for name in _OPTIONAL if name in str(error)} - self._refused
                if not unwanted:
                    raise
                self._refused |= unwanted

    async def _ask(self, body: Mapping[str, object], on_text: Callable[[str], None]) -> Answer:
        events = ChatEvents(self._server, self._profile.max_answer_tokens)
        try:
            async with (
                self._transport.stream("chat/completions", body) as response,
                aclosing(self._bytes(response, events)) as chunks,
            ):
                async for data in chunks:
                    for piece in events.feed(data):
                        on_text(piece)
                    if events.done:
                        break
        except ModelUnavailable:
            if not events.complete:
                raise
            # The answer is whole: what was lost are the counts.
        for piece in events.finish():
            on_text(piece)
        return events.answer()

    async def _bytes(self, response: httpx.Response, events: ChatEvents) -> AsyncGenerator[bytes]:
        chunks = response.aiter_bytes()
        patience = self._first_byte_seconds
        while True:
            try:
                async with asyncio.timeout(patience):
                    data = await anext(chunks)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise self._server.silent(patience) from error
            yield data
            patience = min(self._stall_seconds, _SECONDS_FOR_THE_COUNTS) if events.complete else self._stall_seconds


def _reply(answer: Answer, estimate: int, profile: ModelProfile) -> Reply:
    usage = answer.usage or Usage(estimate, estimate_tokens(answer.text))
    spend = usage.priced(profile.price, estimated=answer.usage is None)
    stop = _STOP_REASONS.get(answer.reason)
    if stop is None:
        message = f"{profile.name} gave no answer: it stopped for the reason {answer.reason[:40]!r}."
        raise AnswerUnusable(message, spend=spend)
    if stop is StopReason.END and not answer.text.strip():
        message = f"{profile.name} gave an empty answer."
        raise AnswerUnusable(message, spend=spend)
    return Reply(answer.text, stop, spend, answer.model or profile.name)
