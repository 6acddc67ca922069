"""A language model behind an Ollama server."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from adapters.ollama.chat_stream import ChatStream
from adapters.ollama.errors import WindowTooSmall
from adapters.ollama.health import health_of
from adapters.ollama.shown_model import read_shown_model
from adapters.ollama.transport import Transport
from application.ports.language_model import LanguageModel
from application.prompt_meter import PromptMeter
from application.token_estimate import estimate_tokens
from domain.addresses import DIRECT
from domain.conversation import FREE, Reply, StopReason, priced
from domain.errors import AgentError, AnswerUnusable, InvalidInput, ModelUnavailable
from domain.model_health import ModelHealth
from domain.model_profile import ModelProfile

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence

    import httpx

    from adapters.ollama.chat_stream import Answer
    from adapters.ollama.shown_model import ShownModel
    from domain.addresses import Route
    from domain.conversation import Message, Price

_SMALLEST_WINDOW = 4_096

_STOP_REASONS: Final[Mapping[str, StopReason]] = {
    "stop": StopReason.END,
    "": StopReason.END,  # servers of before 2024 give none
    "length": StopReason.LENGTH,
}


class OllamaModel(LanguageModel):
    """Asks one model of one Ollama server, a stream a request.

    `base_url` is for example `http://127.0.0.1:11434`. `context_tokens` bounds the window that the server is asked to
    hold in memory; the model's own bounds it too, once it is known. Each request asks for a window that holds prompt
    and answer, of one of a few sizes, and for no smaller one than before: at each change the server loads the model
    anew. The server is told never to shorten a prompt: by itself it does, without a word.

    `first_byte_seconds` is for loading the model and reading the prompt, in which nothing is sent; `stall_seconds` is
    the longest silence afterwards. An answer that goes on far beyond `max_answer_tokens` is ended here. A model of
    one's own costs nothing, unless a `price` is given.

    Raises `InvalidInput` for an address, or figures, that make no sense.
    """

    def __init__(  # noqa: PLR0913 - each has a default
        self,
        base_url: str,
        model: str,
        *,
        price: Price = FREE,
        context_tokens: int = 16_384,
        max_answer_tokens: int = 4_096,
        temperature: float = 0.2,
        connect_seconds: float = 5.0,
        first_byte_seconds: float = 300.0,
        stall_seconds: float = 120.0,
        route: Route = DIRECT,
    ) -> None:
        self._wanted = ModelProfile(model, price, context_tokens, max_answer_tokens)
        self._profile = self._wanted
        self._fitted = False
        self._window = _SMALLEST_WINDOW
        self._meter = PromptMeter()
        self._temperature = temperature
        self._first_byte_seconds = first_byte_seconds
        self._stall_seconds = stall_seconds
        self._transport = Transport(
            base_url,
            model,
            connect_seconds=connect_seconds,
            silence_seconds=max(first_byte_seconds, stall_seconds),
            route=route,
        )
        self._server = self._transport.server

    @property
    def profile(self) -> ModelProfile:
        """As it was given, bounded by the model's own context once that is known."""
        return self._profile

    async def fitted_profile(self) -> ModelProfile:
        """The profile, after the server was asked, once, for the model's own context."""
        if not self._fitted:
            with suppress(AgentError):  # the request that follows will say it, to somebody who can act on it
                self._fit(await self._shown())
        return self._profile

    def estimate(self, messages: Sequence[Message]) -> int:
        """A guess, corrected by `prompt_eval_count`."""
        return self._meter.estimate(messages)

    async def reply(
        self, messages: Sequence[Message], *, deadline_seconds: float, on_text: Callable[[str], None]
    ) -> Reply:
        """The model's answer."""
        estimate = self.estimate(messages)
        try:
            async with asyncio.timeout(deadline_seconds):
                answer = await self._answer(messages, estimate, on_text)
        except TimeoutError as error:
            raise self._server.late(deadline_seconds) from error
        if answer.input_tokens:
            self._meter.learn(messages, answer.input_tokens)
        return _reply(answer, estimate, self._profile)

    async def check(self) -> ModelHealth:
        """Whether the server answers, has the model, and the model is fit for the work."""
        try:
            return health_of(self._wanted, await self._shown())
        except AgentError as error:
            reached = not isinstance(error, ModelUnavailable)
            return ModelHealth(self._wanted.name, reachable=reached, problems=(str(error),))

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def _shown(self) -> ShownModel:
        return read_shown_model(await self._transport.post("api/show", {"model": self._wanted.name}), self._server)

    def _fit(self, shown: ShownModel) -> None:
        self._fitted = True
        own = shown.context_tokens
        if own is not None and self._wanted.max_answer_tokens < own < self._wanted.context_tokens:
            self._profile = replace(self._wanted, context_tokens=own)

    def _request(self, messages: Sequence[Message], estimate: int) -> Mapping[str, object]:
        room = self._profile.context_tokens
        if estimate >= room:
            message = f"The prompt of about {estimate} tokens leaves no room in {self._profile.name}'s {room}."
            raise InvalidInput(message)
        self._window = min(room, max(self._window, _step(estimate + self._profile.max_answer_tokens)))
        options = {
            "num_ctx": self._window,
            "num_predict": self._profile.max_answer_tokens,
            "temperature": self._temperature,
        }
        return {
            "model": self._profile.name,
            "messages": [{"role": message.role.value, "content": message.text} for message in messages],
            "stream": True,
            "truncate": False,  # an error rather than a shortened prompt
            "shift": False,  # an answer cut at the window's end rather than a forgotten beginning
            "options": options,
        }

    async def _answer(self, messages: Sequence[Message], estimate: int, on_text: Callable[[str], None]) -> Answer:
        """The answer; where the window was too small for all that, the largest that is allowed is asked for once."""
        while True:
            body = self._request(messages, estimate)
            try:
                return await self._ask(body, on_text)
            except WindowTooSmall as small:
                if self._window >= self._profile.context_tokens:
                    raise small.error from None
            self._window = self._profile.context_tokens

    async def _ask(self, body: Mapping[str, object], on_text: Callable[[str], None]) -> Answer:
        stream = ChatStream(self._server, self._profile.max_answer_tokens)
        async with self._transport.stream("api/chat", body) as response, aclosing(self._bytes(response)) as chunks:
            async for data in chunks:
                for piece in stream.feed(data):
                    on_text(piece)
        for piece in stream.finish():
            on_text(piece)
        return stream.answer()

    async def _bytes(self, response: httpx.Response) -> AsyncGenerator[bytes]:
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
            patience = self._stall_seconds


def _reply(answer: Answer, estimate: int, profile: ModelProfile) -> Reply:
    name = profile.name
    spend = priced(
        answer.input_tokens or estimate,
        answer.output_tokens or estimate_tokens(answer.text),
        profile.price,
        estimated=not (answer.input_tokens and answer.output_tokens),
    )
    stop = _STOP_REASONS.get(answer.reason)
    if stop is None:
        message = f"{name} gave no answer: it stopped for the reason {answer.reason[:40]!r}."
        raise AnswerUnusable(message, spend=spend)
    if stop is StopReason.END and not answer.text.strip():
        message = f"{name} gave an empty answer."
        raise AnswerUnusable(message, spend=spend)
    return Reply(answer.text, stop, spend, answer.model or name)


def _step(tokens: int) -> int:
    """The smallest of a few sizes that holds `tokens`, for at each change of size the server loads the model anew."""
    window = _SMALLEST_WINDOW
    while window < tokens:
        window *= 2
    return window
