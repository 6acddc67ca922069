"""How many tokens a text is, guessed without a tokenizer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.conversation import Message

_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
_BLANKS = b" \t"

_TWELFTHS_A_LETTER = 4
_TWELFTHS_A_BLANK = 3
_TWELFTHS_A_BYTE = 12

_TOKENS_AROUND_A_MESSAGE = 8


def estimate_tokens(text: str) -> int:
    """A guess that is meant to be too high; 0 for an empty text only.

    Assumed, for the byte-pair tokenizers of current models: letters come in tokens of three or more, blanks four to a
    token (most vanish into the word that follows), and everything else (digits, punctuation, line ends, each byte of
    what is not ASCII) is a token of its own. Python source counts about 1.5 times what it is, prose less; only text
    without words, such as base64, comes near the truth. Two texts together never count for more than each alone.
    """
    data = text.encode("utf-8", "surrogatepass")
    without_letters = data.translate(None, _LETTERS)
    rest = len(without_letters.translate(None, _BLANKS))
    blanks = len(without_letters) - rest
    letters = len(data) - len(without_letters)
    twelfths = letters * _TWELFTHS_A_LETTER + blanks * _TWELFTHS_A_BLANK + rest * _TWELFTHS_A_BYTE
    return -(-twelfths // 12)


def estimate_prompt_tokens(messages: Iterable[Message]) -> int:
    """The same for a conversation, with what a chat template puts around each message."""
    return sum(estimate_tokens(message.text) + _TOKENS_AROUND_A_MESSAGE for message in messages)
