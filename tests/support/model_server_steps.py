"""What a scripted HTTP server does, step by step and byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Send:
    data: bytes


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class Hang:
    """Keep the connection open and say nothing more, until the client leaves."""


@dataclass(frozen=True, slots=True)
class Abort:
    """Reset the connection."""


Step = Send | Pause | Hang | Abort
Script = tuple[Step, ...]
"""One response; the connection is closed after its last step."""

COMPLETE: Script = (Send(b"0\r\n\r\n"),)
"""The proper end of a chunked body."""
CLOSED: Script = ()
"""The connection closed in the middle of a chunked body."""
ABORTED: Script = (Abort(),)
HUNG: Script = (Hang(),)


def respond(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Script:
    """A whole response at once."""
    return (Send(_head(status, {"Content-Length": str(len(body)), **(headers or {})}) + body),)


def stream(
    chunks: Iterable[bytes], content_type: str, *, pause: float = 0.0, end: Script = COMPLETE, status: int = 200
) -> Script:
    """A response sent chunk by chunk, with a pause before each, and then `end`."""
    head = Send(_head(status, {"Content-Type": content_type, "Transfer-Encoding": "chunked"}))
    body = [step for chunk in chunks for step in (Pause(pause), Send(_chunk(chunk)))]
    return (head, *body, *end)


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Scripted", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("ascii")


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)
