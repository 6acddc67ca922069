"""A language model behind an Ollama server."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

import httpx
import msgspec

from adapters.ollama.chat_stream import ChatStream
from adapters.ollama.errors import FAILURES, Server
from application.ports.language_model import LanguageModel
from application.token_estimate import estimate_prompt_tokens, estimate_tokens
from domain.conversation import ModelProfile, Price, Reply, StopReason, priced
from domain.errors import AnswerUnusable, InvalidInput

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence

    from adapters.ollama.chat_stream import Answer
    from domain.conversation import Message

_FREE = Price(0.0, 0.0)
_SMALLEST_WINDOW = 4_096

_STOP_REASONS: Final[Mapping[str, StopReason]] = {
    "stop": StopReason.END,
    "": StopReason.END,  # servers of before 2024 give none
    "length": StopReason.LENGTH,
}


class OllamaModel(LanguageModel):
    """Asks one model of one Ollama server, a stream a request.

    `base_url` is for example `http://127.0.0.1:11434`. `context_tokens` bounds the window that the server is asked to
    hold in memory; each request asks for as little of it as prompt and answer need. The server is told never to
    shorten a prompt: by itself it does, without a word. `first_byte_seconds` is for loading the model and reading the
    prompt, in which nothing is sent; `stall_seconds` is the longest silence afterwards.

    A user and password in the address are sent as such (for a server behind a gateway), and shown nowhere.

    The environment's proxies are used, except for a server on this machine. Redirects are not followed.

    Raises `InvalidInput` for an address, or figures, that make no sense.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        context_tokens: int = 16_384,
        max_answer_tokens: int = 4_096,
        temperature: float = 0.2,
        connect_seconds: float = 5.0,
        first_byte_seconds: float = 300.0,
        stall_seconds: float = 120.0,
    ) -> None:
        url = _server_url(base_url)
        self._profile = ModelProfile(model, _FREE, context_tokens, max_answer_tokens)
        self._temperature = temperature
        self._first_byte_seconds = first_byte_seconds
        self._stall_seconds = stall_seconds
        self._server = Server(f"{url.scheme}://{url.netloc.decode('ascii')}", model)
        self._client = httpx.AsyncClient(
            # Apart from the address, which is written into logs.
            base_url=url.copy_with(userinfo=b""),
            auth=(url.username, url.password) if url.userinfo else None,
            timeout=httpx.Timeout(max(first_byte_seconds, stall_seconds), connect=connect_seconds),
            follow_redirects=False,
            trust_env=not _is_this_machine(url.host),
        )

    @property
    def profile(self) -> ModelProfile:
        """As it was given; it costs nothing."""
        return self._profile

    async def reply(
        self, messages: Sequence[Message], *, deadline_seconds: float, on_text: Callable[[str], None]
    ) -> Reply:
        """The model's answer."""
        estimate = estimate_prompt_tokens(messages)
        body = self._request(messages, estimate)
        try:
            async with asyncio.timeout(deadline_seconds):
                answer = await self._ask(body, on_text)
        except TimeoutError as error:
            raise self._server.late(deadline_seconds) from error
        return _reply(answer, estimate, self._profile.name)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _request(self, messages: Sequence[Message], estimate: int) -> bytes:
        room = self._profile.context_tokens
        if estimate >= room:
            message = f"The prompt of about {estimate} tokens leaves no room in {self._profile.name}'s {room}."
            raise InvalidInput(message)
        options = {
            "num_ctx": min(room, _window(estimate + self._profile.max_answer_tokens)),
            "num_predict": self._profile.max_answer_tokens,
            "temperature": self._temperature,
        }
        said = [{"role": message.role.value, "content": message.text} for message in messages]
        return msgspec.json.encode(
            {
                "model": self._profile.name,
                "messages": said,
                "stream": True,
                "truncate": False,  # an error rather than a shortened prompt
                "shift": False,  # an answer cut at the window's end rather than a forgotten beginning
                "options": options,
            }
        )

    async def _ask(self, body: bytes, on_text: Callable[[str], None]) -> Answer:
        stream = ChatStream()
        async with self._response(body) as response, aclosing(self._bytes(response)) as chunks:
            async for data in chunks:
                for piece in stream.feed(data):
                    on_text(piece)
        for piece in stream.finish():
            on_text(piece)
        return stream.answer()

    @asynccontextmanager
    async def _response(self, body: bytes) -> AsyncIterator[httpx.Response]:
        headers = {"content-type": "application/json"}
        try:
            async with self._client.stream("POST", "api/chat", content=body, headers=headers) as response:
                if response.status_code != httpx.codes.OK:
                    await response.aread()
                    raise self._server.refused(response)
                yield response
        except tuple(FAILURES) as error:
            raise self._server.failed(error) from error

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


def _reply(answer: Answer, estimate: int, model: str) -> Reply:
    stop = _STOP_REASONS.get(answer.reason)
    if stop is None:
        message = f"{model} gave no answer: it stopped for the reason {answer.reason[:40]!r}."
        raise AnswerUnusable(message)
    if stop is StopReason.END and not answer.text.strip():
        message = f"{model} gave an empty answer."
        raise AnswerUnusable(message)
    spend = priced(answer.input_tokens or estimate, answer.output_tokens or estimate_tokens(answer.text), _FREE)
    return Reply(answer.text, stop, spend, answer.model or model)


def _window(tokens: int) -> int:
    """The next power of two: a window of another size makes the server load the model anew, so there are few sizes."""
    return max(_SMALLEST_WINDOW, 1 << (tokens - 1).bit_length())


def _server_url(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise InvalidInput(_NO_ADDRESS) from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise InvalidInput(_NO_ADDRESS)
    return url


_NO_ADDRESS = "Ollama's address cannot be used; write it like http://127.0.0.1:11434"


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
