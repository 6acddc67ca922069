"""What the agent and a parsing process say to each other: MessagePack, each frame after its length in four bytes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from typing import BinaryIO

LENGTH = struct.Struct(">I")
LONGEST_ANSWER = 16_000_000
"""Bytes; what claims to be longer comes from a parser that has gone astray."""


class Request(msgspec.Struct, frozen=True, array_like=True):
    """Apply a function to a file. A path that is no text survives as bytes."""

    function: str
    path: bytes
    content: bytes


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What the function gave, or the name of the exception that it raised."""

    result: msgspec.Raw
    failure: str = ""


def framed(message: Request | Answer) -> bytes:
    """The message as a frame."""
    body = msgspec.msgpack.encode(message)
    return LENGTH.pack(len(body)) + body


def path_bytes(path: str) -> bytes:
    """The path for a `Request`."""
    return path.encode("utf-8", "surrogatepass")


def read_request(stream: BinaryIO) -> Request | None:
    """The next request; None once the other side is gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = stream.read(length)
    return msgspec.msgpack.decode(body, type=Request) if len(body) == length else None
