"""A message as the bytes that publish it: AMQP 0-9-1, as far as this agent writes it. No I/O.

The client's own encoder, which builds an object for each frame and asks it for every field, takes several times as
long: it was the largest part of what a webhook cost. Its decoder is what the tests hold this one to.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

HeaderValue = bool | int | str | Mapping[str, "HeaderValue"]
"""What a header may be; integers have 64 bits."""

_METHOD, _HEADER, _BODY = 1, 2, 3
_END = b"\xce"
_BASIC, _PUBLISH = 60, 40
_MANDATORY = 1
_PERSISTENT = 2
_LONGEST_SHORT = 255

_FRAME = struct.Struct(">BHI")
_CONTENT = struct.Struct(">HHQH")
_LONG = struct.Struct(">I")
_INTEGER = struct.Struct(">q")
_TIME = struct.Struct(">Q")

# Which properties there are, in the order in which they are written.
_CONTENT_TYPE, _HEADERS, _DELIVERY_MODE = 1 << 15, 1 << 13, 1 << 12
_MESSAGE_ID, _TIMESTAMP, _TYPE, _APP_ID = 1 << 7, 1 << 6, 1 << 5, 1 << 3


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be published; it survives the broker's restart. What is "" or None is left out."""

    body: bytes
    message_id: str
    headers: Mapping[str, HeaderValue] = field(default_factory=dict)
    content_type: str = ""
    timestamp: datetime | None = None
    type: str = ""
    app_id: str = ""


def published(message: Outgoing, queue: str, channel: int, *, mandatory: bool, longest_body: int) -> bytes:
    """All frames that put the message into the queue; none carries more than `longest_body` of its body.

    Raises `InvalidInput` for a name or a number that the protocol has no room for.
    """
    header = _header(message)
    return b"".join(
        (
            _method(queue, channel, mandatory),
            _FRAME.pack(_HEADER, channel, len(header)),
            header,
            _END,
            *_body(message.body, channel, longest_body),
        )
    )


@lru_cache(maxsize=64)
def _method(queue: str, channel: int, mandatory: bool) -> bytes:  # noqa: FBT001 - a cached function's arguments
    """The command, which is the same for every message to a queue: its exchange is the default one, without a name."""
    flags = _MANDATORY if mandatory else 0
    payload = struct.pack(">HHH", _BASIC, _PUBLISH, 0) + _short("") + _short(queue) + bytes((flags,))
    return _FRAME.pack(_METHOD, channel, len(payload)) + payload + _END


def _header(message: Outgoing) -> bytes:
    flags, parts = _DELIVERY_MODE | _MESSAGE_ID, [b""]
    if message.content_type:
        flags |= _CONTENT_TYPE
        parts.append(_short(message.content_type))
    if message.headers:
        flags |= _HEADERS
        parts.append(_table(message.headers))
    parts += (bytes((_PERSISTENT,)), _short(message.message_id))
    if message.timestamp is not None:
        flags |= _TIMESTAMP
        parts.append(_TIME.pack(int(message.timestamp.timestamp())))
    if message.type:
        flags |= _TYPE
        parts.append(_short(message.type))
    if message.app_id:
        flags |= _APP_ID
        parts.append(_short(message.app_id))
    parts[0] = _CONTENT.pack(_BASIC, 0, len(message.body), flags)
    return b"".join(parts)


def _body(body: bytes, channel: int, longest: int) -> Iterator[bytes]:
    for start in range(0, len(body), longest):
        piece = body[start : start + longest]
        yield _FRAME.pack(_BODY, channel, len(piece))
        yield piece
        yield _END


def _table(values: Mapping[str, HeaderValue]) -> bytes:
    content = b"".join([_short(name) + _value(value) for name, value in values.items()])
    return _LONG.pack(len(content)) + content


def _value(value: HeaderValue) -> bytes:
    """A value behind the letter for its type; a flag is an integer to Python, so it is asked for first."""
    match value:
        case str():
            text = value.encode(errors="replace")
            return b"S" + _LONG.pack(len(text)) + text
        case bool():
            return b"t" + bytes((value,))
        case int():
            return b"l" + _integer(value)
        case _:
            return b"F" + _table(value)


def _integer(number: int) -> bytes:
    try:
        return _INTEGER.pack(number)
    except struct.error:
        message = f"{number} has more than 64 bits, and a message's header has no more"
        raise InvalidInput(message) from None


def _short(text: str) -> bytes:
    data = text.encode(errors="replace")
    if len(data) > _LONGEST_SHORT:
        message = f"{text[:40]!r}… is longer than the {_LONGEST_SHORT} bytes that a broker takes there"
        raise InvalidInput(message)
    return bytes((len(data),)) + data
