"""Characters as people see them: what leaves no trace on a page carries messages that nobody reads."""

from __future__ import annotations

import unicodedata

_UNSEEN_CATEGORIES = frozenset({"Cf", "Cc", "Co", "Cs"})
_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"  # joiners, fillers and blanks
)
_JOINERS = "\u200c\u200d"
"""Needed to write Persian, Indic scripts and family emoji; between such characters one of them may stand."""
_PRESENTATION = "\ufe0e\ufe0f"
"""Whether a symbol is drawn as text or as a picture; after a symbol one of them may stand."""
_VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0000, 0xE1000))


def visible_characters(text: str) -> str:
    """The text without invisible, private and bidirectional characters; line ends become LF."""
    kept: list[str] = []
    for char in text.replace("\r\n", "\n").replace("\r", "\n"):
        if _is_visible(char, kept[-1] if kept else ""):
            kept.append(char)
    while kept and kept[-1] in _JOINERS:
        kept.pop()
    return "".join(kept)


def _is_visible(char: str, before: str) -> bool:
    if char.isascii():
        return char.isprintable() or char in "\n\t"
    if char in _JOINERS:
        return not before.isascii() and before not in _JOINERS
    if char in _PRESENTATION:
        return unicodedata.category(before) == "So" if before else False
    if char in _UNSEEN or any(ord(char) in selectors for selectors in _VARIATION_SELECTORS):
        return False
    return unicodedata.category(char) not in _UNSEEN_CATEGORIES
