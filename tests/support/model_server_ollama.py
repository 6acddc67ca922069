"""What Ollama says on the wire."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.model_server_steps import COMPLETE, respond, stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.support.model_server_steps import Script

CONTENT_TYPE = "application/x-ndjson"
_REASONS = {"end": "stop", "length": "length"}


def whole(*pieces: str, stop: str = "end", pause: float = 0.0, written: int = 7) -> Script:
    ending = last(_REASONS.get(stop, stop), written=written)
    return stream([*_lines(pieces), ending], CONTENT_TYPE, pause=pause)


def part(*pieces: str, then: Script) -> Script:
    return stream(_lines(pieces), CONTENT_TYPE, end=then)


def died(*pieces: str) -> Script:
    return stream([*_lines(pieces), line({"error": "the runner has terminated"})], CONTENT_TYPE, end=COMPLETE)


def refusal(status: int, words: str, headers: Mapping[str, str] | None = None) -> Script:
    return respond(status, line({"error": words}), headers)


def known(context_tokens: int = 32_768, capabilities: tuple[str, ...] = ("completion",)) -> Script:
    """What `/api/show` says of a model that is there."""
    info = {"general.architecture": "qwen2", "qwen2.context_length": context_tokens}
    return respond(200, line({"model_info": info, "capabilities": capabilities}), {"Content-Type": "application/json"})


def said(text: str) -> bytes:
    return line({"model": "double:1b", "message": {"role": "assistant", "content": text}, "done": False})


def last(reason: str, *, read: int = 11, written: int = 7) -> bytes:
    message = {"role": "assistant", "content": ""}
    counts = {"prompt_eval_count": read, "eval_count": written}
    return line({"model": "double:1b", "message": message, "done": True, "done_reason": reason, **counts})


def line(value: Mapping[str, object]) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _lines(pieces: Iterable[str]) -> list[bytes]:
    return [said(piece) for piece in pieces]
