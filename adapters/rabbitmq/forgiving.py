"""Properties that the client cannot decode, without losing the connection over them.

Anybody who may publish can write a date beyond the calendar, or a name that is not UTF-8. The client drops the whole
connection then; the broker delivers the same message again, and every worker would stand still.
"""

from __future__ import annotations

import struct

from pamqp.commands import Basic
from pamqp.header import ContentHeader

UNREADABLE = "x-unreadable"
"""The header that says why the others are missing."""

_LONGEST_REASON = 200
_UNDECODABLE = (ValueError, TypeError, ArithmeticError, LookupError, OSError, RecursionError, struct.error)
_strict = ContentHeader.unmarshal


def _forgiving(self: ContentHeader, data: bytes) -> None:
    """Decode; the size of the body, which comes first, is right where a property after it cannot be decoded."""
    try:
        _strict(self, data)
    except _UNDECODABLE as error:
        if self.body_size is None:
            raise
        self.properties = Basic.Properties(headers={UNREADABLE: str(error)[:_LONGEST_REASON]})


def forgive() -> None:
    """Let every connection of this process take such a message; to say it twice does no harm."""
    ContentHeader.unmarshal = _forgiving  # type: ignore[method-assign]
