"""What servers of this protocol say when they fail: JSON of several shapes, or text."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

_LONGEST_QUOTE = 200


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """`text` is one line, "" where nothing is said; `code` is the server's own word for the kind, or its type."""

    text: str = ""
    code: str = ""


def read_error(body: bytes) -> ErrorWords | None:
    """The words in a body, None where it is no error that can be read.

    The shapes: `{"error": {"message", "type", "code"}}`, `{"error": "text"}`, `{"object": "error", "message"}`,
    `{"message"}` and `{"detail": "text" | [{"msg"}]}`.
    """
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if isinstance(said, list):  # one server puts the object into a list
        said = next(iter(said), None)
    if not isinstance(said, dict):
        return None
    inner = said.get("error", said)
    if isinstance(inner, dict):
        text = next((inner[key] for key in ("message", "detail", "error", "msg") if inner.get(key)), "")
        return _words(text, inner.get("code"), inner.get("type")) if text else None
    return _words(inner) if inner else None


def _words(text: object, *codes: object) -> ErrorWords:
    if isinstance(text, list):
        text = next((part.get("msg", "") for part in text if isinstance(part, dict)), "")
    code = next((code for code in codes if isinstance(code, str) and code), "")
    return ErrorWords(" ".join(str(text).split())[:_LONGEST_QUOTE], code)
