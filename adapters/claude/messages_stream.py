"""One streamed request to Anthropic's Messages API. Imports the SDK: loaded when a `ClaudeModel` is made."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

import anthropic
import httpx2
from anthropic.types import MessageParam

from adapters.claude.errors import FAILURES, Server
from domain.conversation import Reply, Role, StopReason, priced
from domain.errors import AnswerUnusable, InvalidInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

    from anthropic.lib.streaming import ParsedMessageStreamEvent
    from anthropic.types import Message as SdkMessage
    from anthropic.types import Usage

    from domain.conversation import Message, Price
    from domain.secret import Secret

STOP_REASONS: Final[Mapping[str, StopReason | None]] = {
    "end_turn": StopReason.END,
    "stop_sequence": StopReason.END,
    "max_tokens": StopReason.LENGTH,
    "model_context_window_exceeded": StopReason.LENGTH,
    "refusal": StopReason.REFUSED,
    # Both belong to tools, and none were offered.
    "tool_use": None,
    "pause_turn": None,
}
"""Every reason that the SDK lists; None is no answer."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """In seconds: until the connection stands, and the longest silence (a ping is none) afterwards."""

    connect: float
    stall: float


class MessagesApi:
    """A client of one server, for one model.

    The SDK does not retry here: the use case decides on that. It is given key, address and headers, so that it looks
    for none in the environment; proxies are taken from there, except for a server on this machine. A redirect is not
    followed: it would take the key along.
    """

    def __init__(self, key: Secret, base_url: str, model: str, max_answer_tokens: int, timeouts: Timeouts) -> None:
        url = _server_url(base_url)
        self._model = model
        self._max_answer_tokens = max_answer_tokens
        self._server = Server(f"{url.scheme}://{url.netloc.decode('ascii')}", model, key)
        timeout = httpx2.Timeout(timeouts.stall, connect=timeouts.connect)
        self._client = anthropic.AsyncAnthropic(
            api_key=key.reveal(),
            base_url=base_url,
            max_retries=0,
            timeout=timeout,
            open_telemetry=False,
            http_client=httpx2.AsyncClient(
                timeout=timeout, follow_redirects=False, trust_env=not _is_this_machine(url.host)
            ),
        )

    async def reply(
        self, messages: Sequence[Message], price: Price | None, deadline_seconds: float, on_text: Callable[[str], None]
    ) -> Reply:
        """Ask, stream, and return the whole answer."""
        try:
            async with asyncio.timeout(deadline_seconds):
                text, message = await self._stream(messages, on_text)
        except TimeoutError as error:
            raise self._server.late(deadline_seconds) from error
        return _reply(text, message, price)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _stream(self, messages: Sequence[Message], on_text: Callable[[str], None]) -> tuple[str, SdkMessage]:
        pieces: list[str] = []
        async for event in self._events(messages):
            if event.type == "text" and event.text:
                pieces.append(event.text)
                on_text(event.text)
            elif event.type == "message_stop":
                return "".join(pieces), event.message
        raise self._server.cut()

    async def _events(self, messages: Sequence[Message]) -> AsyncIterator[ParsedMessageStreamEvent[None]]:
        request = self._client.messages.stream(
            model=self._model,
            max_tokens=self._max_answer_tokens,
            system=_system(messages) or anthropic.omit,
            messages=_turns(messages),
        )
        with self._translated():
            async with request as stream:
                async for event in stream:
                    yield event

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except FAILURES as error:
            raise self._server.failed(error) from error


def _system(messages: Sequence[Message]) -> str:
    return "\n\n".join(message.text for message in messages if message.role is Role.SYSTEM)


def _turns(messages: Sequence[Message]) -> list[MessageParam]:
    return [
        MessageParam(role="assistant" if message.role is Role.ASSISTANT else "user", content=message.text)
        for message in messages
        if message.role is not Role.SYSTEM
    ]


def _reply(text: str, message: SdkMessage, price: Price | None) -> Reply:
    stop = STOP_REASONS.get(str(message.stop_reason))
    if stop is None:
        words = f"{message.model} gave no answer: it stopped for the reason {str(message.stop_reason)[:40]!r}."
        raise AnswerUnusable(words)
    if stop is StopReason.END and not text.strip():
        words = f"{message.model} gave an empty answer."
        raise AnswerUnusable(words)
    spend = priced(_tokens_read(message.usage), message.usage.output_tokens, price)
    return Reply(text, stop, spend, message.model)


def _tokens_read(usage: Usage) -> int:
    return usage.input_tokens + (usage.cache_creation_input_tokens or 0) + (usage.cache_read_input_tokens or 0)


def _server_url(base_url: str) -> httpx2.URL:
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL as error:
        raise InvalidInput(_NO_ADDRESS) from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise InvalidInput(_NO_ADDRESS)
    return url


_NO_ADDRESS = "The address of Claude's API cannot be used; leave it out, or write it like https://api.anthropic.com"


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
