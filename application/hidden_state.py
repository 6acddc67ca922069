"""State kept in a comment: JSON in an HTML comment, which people do not see and which they may damage."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ESCAPED = (("--", "-\\u002d"), ("<", "\\u003c"), (">", "\\u003e"))
"""What could end the comment early stands in strings only, where JSON has another spelling for it."""


def hidden(name: str, state: Mapping[str, object]) -> str:
    """The state as one line."""
    text = json.dumps(state)
    for forbidden, escaped in _ESCAPED:
        text = text.replace(forbidden, escaped)
    return f"<!-- coding-agent:{name} {text} -->"


def found(name: str, body: str) -> Mapping[str, object]:
    """The state of that name in a comment's body; empty where there is none, or it cannot be read."""
    line = re.search(rf"<!-- coding-agent:{name} (\{{.*?\}}) -->", body)
    try:
        state = json.loads(line[1]) if line else {}
    except (ValueError, RecursionError):
        return {}
    return state if isinstance(state, dict) else {}
