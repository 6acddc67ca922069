"""Text as people see it: what a page does not show must not reach the model either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.hidden_markup import without_hidden_markup
from domain.markdown_code import mask, unmask
from domain.visible_characters import visible_characters

if TYPE_CHECKING:
    from collections.abc import Callable

_NO_MARKUP = str.maketrans("", "", "<>[]()`~")
_ROUNDS = 5
"""What is left after one comment may be another, made of its two sides; nobody nests them often by mistake."""


def visible(text: str) -> str:
    """Markdown without what its page does not show.

    Left out are HTML comments, invisible and bidirectional characters, titles of links, texts of images, definitions
    of links, attributes of tags, and what stands in a script or style. What is code for certain stays as it is, but
    for its invisible characters. Folded `<details>` stay: one click shows them. Line ends become LF.
    """
    return _stable(text, without_hidden_markup)


def without_comments(text: str) -> str:
    """Markdown without HTML comments (code has none), invisible and bidirectional characters; line ends become LF."""
    return _stable(text, lambda prose: prose)


def _stable(text: str, cleaned: Callable[[str], str]) -> str:
    """The text, cleaned until nothing changes; one that is still changing then is left without markup altogether."""
    shown = visible_characters(text)
    for _ in range(_ROUNDS):
        before = shown
        prose, code = mask(shown)
        shown = unmask(cleaned(prose), code)
        if shown == before:
            return shown
    return shown.translate(_NO_MARKUP)
