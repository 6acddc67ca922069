"""Writing the few kinds of TOML value that the forge's files hold; the standard library only reads TOML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

Value = str | bool | int | datetime | Sequence[str] | Mapping[str, Sequence[str]]
"""What a key may hold: a mapping becomes an inline table of lists."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'[\x00-\x1f\x7f"\\]')


def literal(value: Value) -> str:
    """The value on one line, so that `tomllib` reads it back equal (times in UTC)."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case datetime():
            return utc(value).isoformat().replace("+00:00", "Z")
        case str():
            return quoted(value)
        case Mapping():
            pairs = ", ".join(f"{key(name)} = {literal(names)}" for name, names in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case _:
            return f"[{', '.join(quoted(name) for name in value)}]"


def quoted(text: str) -> str:
    """A basic string: quotes, backslashes and control characters escaped, all else as it is."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def key(name: str) -> str:
    """A key, bare where it may be."""
    return name if _BARE_KEY.fullmatch(name) else quoted(name)


def utc(time: datetime) -> datetime:
    """The time in UTC; one without a zone is taken to be in UTC already."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    return f"\\{character}" if character in '"\\' else f"\\u{ord(character):04x}"
