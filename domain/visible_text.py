"""Text as people see it: what a page does not show must not reach the model either."""

from __future__ import annotations

import re
import unicodedata

_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NESTED_COMMENTS = 5
_KEPT_FORMAT_CHARACTERS = frozenset("\u200c\u200d")
"""Joiners: needed to write Persian, Indic scripts and family emoji."""


def visible(text: str) -> str:
    """The text without HTML comments and without invisible or bidirectional format characters; line ends become LF."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(char for char in lines if _is_visible(char))
    # What is left after one comment may be another, made of its two sides; nobody nests them often by mistake.
    for _ in range(_NESTED_COMMENTS):
        shown = _HTML_COMMENT.sub("", shown)
    return shown.partition("<!--")[0]


def _is_visible(char: str) -> bool:
    if char in "\n\t" or char in _KEPT_FORMAT_CHARACTERS:
        return True
    return unicodedata.category(char) not in {"Cf", "Cc", "Co", "Cs"}
