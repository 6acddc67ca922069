"""The names in a blob, and how often each stands there: counted once, or read from the cache."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from adapters.code_search.file_kinds import is_generated
from adapters.code_search.names import names_in
from domain.file_content import is_editable_text

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORD_KIND = "words 2"
"""To be counted up when what a record holds changes."""


@dataclass(frozen=True, slots=True)
class WordRecord:
    """What a blob's words are, whatever is looked for. A blob that is no editable text has none of them."""

    names: Mapping[bytes, int]
    length: int
    is_text: bool
    is_generated: bool


class _Stored(msgspec.Struct, array_like=True):
    names: bytes
    counts: bytes
    length: int
    is_text: bool
    is_generated: bool


def word_record(content: bytes, head: int | None = None) -> WordRecord:
    """Count a blob's names, those of its first `head` bytes where a bound is given."""
    if not is_editable_text(content):
        return WordRecord({}, 0, is_text=False, is_generated=False)
    names = names_in(content[:head])
    return WordRecord(Counter(names), len(names), is_text=True, is_generated=is_generated(content))


def encoded(record: WordRecord) -> bytes:
    """The record as bytes for the cache."""
    counts = array("I", record.names.values()).tobytes()
    names = b" ".join(record.names)  # no name has a blank in it
    return msgspec.msgpack.encode(_Stored(names, counts, record.length, record.is_text, record.is_generated))


_DECODER = msgspec.msgpack.Decoder(_Stored)


def decoded(data: bytes) -> WordRecord | None:
    """The record that the bytes stand for, None if they stand for none."""
    try:
        stored = _DECODER.decode(data)
        names = dict(zip(stored.names.split(), array("I", stored.counts), strict=True))
    except (msgspec.MsgspecError, ValueError):
        return None
    return WordRecord(names, stored.length, stored.is_text, stored.is_generated)
