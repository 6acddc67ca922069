"""What Anthropic's Messages API says on the wire."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.model_server_steps import respond, stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.support.model_server_steps import Script

CONTENT_TYPE = "text/event-stream"
_REASONS = {"end": "end_turn", "length": "max_tokens", "refused": "refusal"}
_ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def whole(*pieces: str, stop: str = "end", pause: float = 0.0, written: int = 7) -> Script:
    ending = closing(_REASONS.get(stop, stop), written=written)
    return stream([*opening(), *_deltas(pieces), *ending], CONTENT_TYPE, pause=pause)


def part(*pieces: str, then: Script) -> Script:
    return stream([*opening(), *_deltas(pieces)], CONTENT_TYPE, end=then)


def died(*pieces: str) -> Script:
    failure = event("error", error={"type": "overloaded_error", "message": "Overloaded"})
    return stream([*opening(), *_deltas(pieces), failure], CONTENT_TYPE)


def refusal(status: int, words: str, headers: Mapping[str, str] | None = None) -> Script:
    kind = {"type": _ERROR_TYPES[status]} if status in _ERROR_TYPES else {}
    error = {**kind, "message": words}
    body = json.dumps({"type": "error", "error": error}).encode()
    return respond(status, body, {"Content-Type": "application/json", **(headers or {})})


def known(context_tokens: int = 1_000_000) -> Script:
    """What `/v1/models/NAME` says of a model that is there."""
    made = {"created_at": "2026-09-29T00:00:00Z", "display_name": "Double", "max_input_tokens": context_tokens}
    body = {"type": "model", "id": "claude-double", **made}
    return respond(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


def opening() -> list[bytes]:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-double", "content": []}
    rest = {"stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 11, "output_tokens": 1}}
    return [
        event("message_start", message={**message, **rest}),
        event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
        event("ping"),
    ]


def said(text: str) -> bytes:
    return event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


def closing(reason: str, *, written: int = 7) -> list[bytes]:
    return [
        event("content_block_stop", index=0),
        event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage={"output_tokens": written}),
        event("message_stop"),
    ]


def event(kind: str, **fields: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def _deltas(pieces: Iterable[str]) -> list[bytes]:
    return [said(piece) for piece in pieces]
