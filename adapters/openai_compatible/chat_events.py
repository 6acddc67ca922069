"""The stream of `/v1/chat/completions`: bytes in, text out, no I/O.

It is server-sent events, one JSON object each. A piece of the answer is in the first choice's `delta`; the last of them
has a `finish_reason`; after it may come an object with the counts, and the word `[DONE]`. Servers differ in what they
leave out: an answer is complete once its `finish_reason`, or `[DONE]`, has come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import msgspec

from application.answer_bound import AnswerBound
from domain.conversation import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.openai_compatible.errors import Server

_LONGEST_LINE = 1 << 20
_DONE = b"[DONE]"
_OTHER_FIELDS = {b"event", b"id", b"retry"}

_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Delta(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)
    finish_reason: str | None = None


class _Details(msgspec.Struct):
    cached_tokens: _Count | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: _Count = 0
    completion_tokens: _Count = 0
    prompt_tokens_details: _Details | None = None


class _Event(msgspec.Struct):
    model: str | None = None
    choices: list[_Choice] | None = None
    usage: _Usage | None = None


_DECODER = msgspec.json.Decoder(_Event)


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer; `usage` is None where the server does not count, `reason` "" where it gives none."""

    text: str
    reason: str
    model: str
    usage: Usage | None


class ChatEvents:
    """Reads a stream, however its bytes are cut into chunks.

    Raises an error of the server's where it reports one, `ModelUnavailable` when it sends what is no such stream, or
    stops in mid-answer; `AnswerUnusable` when thoughts and answer go on far beyond `max_tokens`.
    """

    def __init__(self, server: Server, max_tokens: int) -> None:
        self._server = server
        self._max_tokens = max_tokens
        self._bound = AnswerBound(max_tokens)
        self._unread = b""
        self._pieces: list[str] = []
        self._reason: str | None = None
        self._refused = False
        self._model = ""
        self._usage: Usage | None = None
        self.done = False

    @property
    def complete(self) -> bool:
        """Whether the answer is, though counts may follow."""
        return self.done or self._reason is not None

    def feed(self, data: bytes) -> Iterator[str]:
        """Take the next bytes, and give the pieces of text that they complete."""
        *lines, self._unread = (self._unread + data).split(b"\n")
        if len(self._unread) > _LONGEST_LINE:
            raise self._server.garbled()
        for line in lines:
            yield from self._read(line)

    def finish(self) -> Iterator[str]:
        """Take note that no more bytes come, and give the text of a last line that had no line end."""
        unread, self._unread = self._unread, b""
        yield from self._read(unread)

    def answer(self) -> Answer:
        """The whole answer, once the stream has finished."""
        if not self.complete:
            raise self._server.stopped()
        reason = "content_filter" if self._refused else self._reason or ""
        return Answer("".join(self._pieces), reason, self._model, self._usage)

    def _read(self, raw: bytes) -> Iterator[str]:
        line = raw.strip()
        if self.done or not line or line.startswith(b":"):  # a comment is a sign of life
            return
        field, _, value = line.partition(b":")
        if field == b"data":
            yield from self._event(value.strip())
        elif field == b"error":  # older servers of llama.cpp
            raise self._server.reported(value.strip()) or self._server.garbled()
        elif field not in _OTHER_FIELDS:
            raise self._server.reported(line) or self._server.garbled()

    def _event(self, value: bytes) -> Iterator[str]:
        if value == _DONE:
            self.done = True
            return
        event = self._decoded(value)
        self._model = event.model or self._model
        if event.usage:
            self._usage = _usage(event.usage)
        for choice in (event.choices or [])[:1]:
            yield from self._chosen(choice)

    def _chosen(self, choice: _Choice) -> Iterator[str]:
        said = choice.delta.content or ""
        thought = choice.delta.reasoning_content or choice.delta.reasoning or ""
        if (said or thought) and self._bound.passed_by(thought + said):
            raise self._server.endless(self._max_tokens)
        self._refused = self._refused or bool(choice.delta.refusal)
        if said:
            self._pieces.append(said)
            yield said
        self._reason = choice.finish_reason or self._reason

    def _decoded(self, raw: bytes) -> _Event:
        try:
            event = _DECODER.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            if told := self._server.reported(raw):
                raise told from None
            raise self._server.garbled() from error
        if event.choices is None and (told := self._server.reported(raw)):
            raise told
        return event


def _usage(counted: _Usage) -> Usage:
    cached = (counted.prompt_tokens_details and counted.prompt_tokens_details.cached_tokens) or 0
    cached = min(cached, counted.prompt_tokens)
    return Usage(counted.prompt_tokens - cached, counted.completion_tokens, cache_read_tokens=cached)
