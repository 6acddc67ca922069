"""Text of strangers on its way to a person's terminal.

Issues, paths, a model's words and a server's may hold sequences that a terminal obeys: they rename its window, move its
cursor, hide a line. Whatever the command line prints for people passes through here; what it prints for programs (a
diff into a pipe, JSON) does not.
"""

from __future__ import annotations

import unicodedata

_LINE_END_AND_TAB = frozenset("\n\t")
_JOINERS = frozenset("\u200c\u200d")
"""Needed to write Persian, Indic scripts and family emoji."""
_ACTING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def printable(text: str) -> str:
    r"""The text with control, format and lone surrogate characters spelled out, `\x1b` for one; lines end in LF."""
    return "".join(_spelled(char, _LINE_END_AND_TAB) for char in text.replace("\r\n", "\n"))


def printable_line(text: str) -> str:
    """The same on one line: line ends and tabs are spelled out too."""
    return "".join(_spelled(char, frozenset()) for char in text)


def _spelled(char: str, kept: frozenset[str]) -> str:
    if char in kept or char in _JOINERS or unicodedata.category(char) not in _ACTING:
        return char
    return char.encode("unicode_escape").decode("ascii")
