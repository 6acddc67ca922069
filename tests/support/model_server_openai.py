"""What servers of OpenAI's chat completions say on the wire."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.model_server_steps import respond, stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.support.model_server_steps import Script

CONTENT_TYPE = "text/event-stream"
_REASONS = {"end": "stop", "length": "length", "refused": "content_filter"}
DONE = b"data: [DONE]\n\n"


def whole(*pieces: str, stop: str = "end", pause: float = 0.0, written: int = 7) -> Script:
    reason = ending(_REASONS.get(stop, stop))
    return stream([*_deltas(pieces), reason, counts(written=written), DONE], CONTENT_TYPE, pause=pause)


def part(*pieces: str, then: Script) -> Script:
    return stream(_deltas(pieces), CONTENT_TYPE, end=then)


def died(*pieces: str) -> Script:
    failure = event(error={"message": "the engine is dead", "type": "InternalServerError", "code": 500})
    return stream([*_deltas(pieces), failure, DONE], CONTENT_TYPE)


def refusal(status: int, words: str, headers: Mapping[str, str] | None = None) -> Script:
    body = json.dumps({"error": {"message": words, "type": "some_error", "code": None}}).encode()
    return respond(status, body, {"Content-Type": "application/json", **(headers or {})})


def known(*names: str, **facts: object) -> Script:
    """What `/v1/models` says where these are there."""
    listed = [{"id": name, "object": "model", "max_model_len": 32_768, **facts} for name in names or ["double:1b"]]
    body = json.dumps({"object": "list", "data": listed}).encode()
    return respond(200, body, {"Content-Type": "application/json"})


def said(text: str) -> bytes:
    return chunk({"index": 0, "delta": {"content": text}, "finish_reason": None})


def ending(reason: str) -> bytes:
    return chunk({"index": 0, "delta": {}, "finish_reason": reason})


def counts(read: int = 11, written: int = 7, **more: object) -> bytes:
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written, **more}
    return event(model="double:1b", object="chat.completion.chunk", choices=[], usage=usage)


def chunk(*choices: Mapping[str, object]) -> bytes:
    return event(id="c-1", object="chat.completion.chunk", model="double:1b", choices=choices, usage=None)


def event(**fields: object) -> bytes:
    return f"data: {json.dumps(fields)}\n\n".encode()


def _deltas(pieces: Iterable[str]) -> list[bytes]:
    return [said(piece) for piece in pieces]
