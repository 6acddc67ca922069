"""A bound of our own on an answer, for servers that do not keep to the one that they were given."""

from __future__ import annotations

_BYTES_A_TOKEN = 24
_PIECES_A_TOKEN = 2
_PIECES_AT_LEAST = 256


class AnswerBound:
    """Counts an answer while it arrives.

    It is over only when no honest answer of `max_tokens` could be: a token is rarely more than a few bytes long, and
    hardly a server sends one in more than one piece.
    """

    def __init__(self, max_tokens: int) -> None:
        self._bytes_left = max_tokens * _BYTES_A_TOKEN
        self._pieces_left = max(max_tokens * _PIECES_A_TOKEN, _PIECES_AT_LEAST)

    def passed_by(self, piece: str) -> bool:
        """Whether the answer is longer than it may be, now that `piece` has come."""
        self._bytes_left -= len(piece.encode("utf-8", "surrogatepass"))
        self._pieces_left -= 1
        return self._bytes_left < 0 or self._pieces_left < 0
