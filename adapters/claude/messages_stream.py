"""One streamed request to Anthropic's Messages API. Imports the SDK: loaded when a `ClaudeModel` is made."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import anthropic
import httpx2

from adapters.claude.errors import FAILURES, Server
from application.answer_bound import AnswerBound
from domain.addresses import is_this_machine
from domain.conversation import Reply, Role, StopReason, Usage
from domain.errors import AnswerUnusable, InvalidInput

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence

    from anthropic.types import CacheControlEphemeralParam, MessageParam, TextBlockParam
    from anthropic.types import Message as SdkMessage

    from domain.addresses import Route
    from domain.conversation import Message, Price
    from domain.secret import Secret

_LONGEST_LOOK_SECONDS = 15.0

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


@dataclass(frozen=True, slots=True)
class _End:
    """What is known when the answer is complete."""

    reason: str
    model: str
    usage: Usage


class MessagesApi:
    """A client of one server, for one model.

    The SDK does not retry here: the use case decides on that. It is given key, address and headers, so that it looks
    for none in the environment; proxies are taken from there, except for a server on this machine. A redirect is not
    followed: it would take the key along.
    """

    def __init__(
        self,
        key: Secret,
        base_url: str,
        model: str,
        max_answer_tokens: int,
        timeouts: Timeouts,
        temperature: float | None,
        route: Route,
    ) -> None:
        url = _server_url(base_url)
        # The SDK has no such parameter any more; older models still know it.
        self._extra = None if temperature is None else {"temperature": temperature}
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
                timeout=timeout,
                follow_redirects=False,
                trust_env=not is_this_machine(url.host),
                verify=route.verify,
                proxy=route.proxy_url,
            ),
        )

    async def reply(
        self, messages: Sequence[Message], price: Price | None, deadline_seconds: float, on_text: Callable[[str], None]
    ) -> Reply:
        """Ask, stream, and return the whole answer."""
        try:
            async with asyncio.timeout(deadline_seconds):
                text, end = await self._stream(messages, on_text)
        except TimeoutError as error:
            raise self._server.late(deadline_seconds) from error
        return _reply(text, end, price)

    async def look(self) -> int | None:
        """How many tokens the model can read, None where the server does not say; an error of ours on any other end."""
        with self._translated():
            info = await self._client.models.retrieve(self._model, timeout=_LONGEST_LOOK_SECONDS)
            return _count(info.max_input_tokens) or None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _stream(self, messages: Sequence[Message], on_text: Callable[[str], None]) -> tuple[str, _End]:
        pieces: list[str] = []
        bound = AnswerBound(self._max_answer_tokens)
        async with aclosing(self._said(messages)) as said:
            async for piece in said:
                if isinstance(piece, _End):
                    return "".join(pieces), piece
                pieces.append(piece)
                on_text(piece)
                if bound.passed_by(piece):
                    raise self._server.endless(self._max_answer_tokens)
        raise self._server.cut()

    async def _said(self, messages: Sequence[Message]) -> AsyncGenerator[str | _End]:
        request = self._client.messages.stream(
            model=self._model,
            max_tokens=self._max_answer_tokens,
            system=_system(messages) or anthropic.omit,
            messages=_turns(messages),
            extra_body=self._extra,
        )
        with self._translated():
            async with request as stream:
                async for event in stream:
                    if event.type == "text":
                        yield _text(event.text)
                    elif event.type == "message_delta" and event.delta.stop_reason:
                        # The last that counts: not every server sends the `message_stop` that should follow.
                        yield _end(stream.current_message_snapshot)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except anthropic.APIStatusError as error:
            # Without its cause: that holds the server's words as they are, and they may repeat the key.
            raise self._server.failed(error) from None
        except FAILURES as error:
            raise self._server.failed(error) from error


_KEPT: CacheControlEphemeralParam = {"type": "ephemeral"}
"""The server keeps the prompt up to here for five minutes, and later requests that begin alike read it from there."""


def _system(messages: Sequence[Message]) -> list[TextBlockParam]:
    text = "\n\n".join(message.text for message in messages if message.role is Role.SYSTEM)
    return [{"type": "text", "text": text, "cache_control": _KEPT}] if text else []


def _turns(messages: Sequence[Message]) -> list[MessageParam]:
    """The conversation, kept up to its first turn (the repository) and its last one (for the round after this)."""
    turns = [message for message in messages if message.role is not Role.SYSTEM]
    return [_turn(turn, kept=place in {0, len(turns) - 1}) for place, turn in enumerate(turns)]


def _turn(message: Message, *, kept: bool) -> MessageParam:
    block: TextBlockParam = {"type": "text", "text": message.text}
    if kept:
        block["cache_control"] = _KEPT
    if message.role is Role.ASSISTANT:
        return {"role": "assistant", "content": [block]}
    return {"role": "user", "content": [block]}


def _end(message: SdkMessage) -> _End:
    counted = message.usage
    usage = Usage(
        _count(counted.input_tokens),
        _count(counted.output_tokens),
        cache_read_tokens=_count(counted.cache_read_input_tokens),
        cache_write_tokens=_count(counted.cache_creation_input_tokens),
    )
    return _End(_text(message.stop_reason), _text(message.model), usage)


def _text(value: object) -> str:
    """The SDK checks no types: a server that is not Anthropic's may send anything."""
    if not isinstance(value, str):
        raise TypeError
    return value


def _count(value: object) -> int:
    if value is None:
        return 0
    if not isinstance(value, int) or value < 0:
        raise TypeError
    return value


def _reply(text: str, end: _End, price: Price | None) -> Reply:
    spend = end.usage.priced(price)
    stop = STOP_REASONS.get(end.reason)
    if stop is None:
        message = f"{end.model} gave no answer: it stopped for the reason {end.reason[:40]!r}."
        raise AnswerUnusable(message, spend=spend)
    if stop is StopReason.END and not text.strip():
        message = f"{end.model} gave an empty answer."
        raise AnswerUnusable(message, spend=spend)
    return Reply(text, stop, spend, end.model)


def _server_url(base_url: str) -> httpx2.URL:
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL as error:
        raise InvalidInput(_NO_ADDRESS) from error
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise InvalidInput(_NO_ADDRESS)
    return url


_NO_ADDRESS = (
    "The address of Claude's API cannot be used; leave it out, or write it like https://api.anthropic.com,"
    " without user or password."
)
