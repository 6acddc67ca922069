"""What a server or libgit2 said, made fit for one line of an error."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.secret import Secret

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
_LONGEST = 300


def one_line(text: str, secret: Secret) -> str:
    """The text without colours, control and invisible characters, line breaks, and the token, cut to 300 characters."""
    if secret:
        text = text.replace(secret.reveal(), "…")
    shown = "".join(map(_shown, _ESCAPES.sub("", text)))
    line = " ".join(shown.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Zl", "Zp", "Cc"}:
        return " "
    return "" if category.startswith("C") else character
