"""The stream of Ollama's `/api/chat`: bytes in, text out, no I/O.

It is one JSON object a line. All but the last carry a piece of the answer; the last says `done` and has the counts.
A stream that stops without it was cut off, and an object with `error` says that the model died: the status is 200 in
both cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import msgspec

from application.answer_bound import AnswerBound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.ollama.errors import Server

_LONGEST_LINE = 1 << 20

_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Said(msgspec.Struct):
    content: str = ""
    thinking: str = ""


class _Line(msgspec.Struct):
    model: str = ""
    message: _Said = msgspec.field(default_factory=_Said)
    done: bool = False
    done_reason: str = ""
    prompt_eval_count: _Count = 0
    eval_count: _Count = 0
    error: str = ""


_DECODER = msgspec.json.Decoder(_Line)


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer; a count is 0 where the server left it out (it does so for a prompt that it had cached)."""

    text: str
    reason: str
    model: str
    input_tokens: int
    output_tokens: int


class ChatStream:
    """Reads a stream, however its bytes are cut into chunks.

    Raises `ModelUnavailable` when the server reports an error, sends what is no such stream, or stops in mid-answer;
    `AnswerUnusable` when thoughts and answer go on far beyond `max_tokens`.
    """

    def __init__(self, server: Server, max_tokens: int) -> None:
        self._server = server
        self._max_tokens = max_tokens
        self._bound = AnswerBound(max_tokens)
        self._unread = b""
        self._pieces: list[str] = []
        self._last: _Line | None = None

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
        if self._last is None:
            raise self._server.stopped()
        last = self._last
        text = "".join(self._pieces)
        return Answer(text, last.done_reason, last.model, last.prompt_eval_count, last.eval_count)

    def _read(self, raw: bytes) -> Iterator[str]:
        if self._last is not None or not raw.strip():
            return
        line = self._decoded(raw)
        if self._bound.passed_by(line.message.thinking + line.message.content):
            raise self._server.endless(self._max_tokens)
        if line.message.content:
            self._pieces.append(line.message.content)
            yield line.message.content
        if line.done:
            self._last = line

    def _decoded(self, raw: bytes) -> _Line:
        try:
            line = _DECODER.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self._server.garbled() from error
        if line.error:
            raise self._server.gave_up(line.error)
        return line
