"""A model's words, made fit to be published: they must not call people, close issues, or load what is elsewhere."""

from __future__ import annotations

import re

from domain.visible_text import visible

_MENTION = re.compile(r"(?<![\w`/.@])@(?=[A-Za-z0-9])")
_CLOSING_KEYWORD = re.compile(
    r"\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(\s*:?\s+)(?=(?:[\w.-]+/[\w.-]+)?#\d|https?://)", re.IGNORECASE
)
_CROSS_REFERENCE = re.compile(r"(?<![\w`/])([\w.-]+/[\w.-]+)#(?=\d)")
_IMAGE = re.compile(r"!\[")
_LINK_TARGET = re.compile(r"\]\(\s*(?=[^)\s])")
_REFERENCE_TARGET = re.compile(r"^( {0,3}\[[^\]\n]+\]:)", re.MULTILINE)
_ADDRESS = re.compile(r"(?<![`\w])(?:https?|ftp)://[^\s<>`]+|(?<![`\w/.])www\.[^\s<>`]+", re.IGNORECASE)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_COMMAND = re.compile(r"^([ \t]*)/(?=\w)", re.MULTILINE)
_FENCED = re.compile(r"(^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?^ {0,3}\2[`~]*[ \t]*$|`[^`\n]+`)", re.DOTALL | re.MULTILINE)


def harmless(text: str) -> str:
    """The text with mentions, closing keywords, commands, links, images, HTML and references elsewhere defused.

    Words stay readable; code (in back ticks or fences) is left as it is, for a forge does not act on it.
    """
    pieces = _FENCED.split(visible(text))
    # The pattern has two groups: of every three pieces, the first is prose, the second code, the third its fence.
    prose_and_code = zip(pieces[::3], [*pieces[1::3], ""], strict=True)
    return "".join(_defused(prose) + code for prose, code in prose_and_code).strip()


def one_line(text: str, limit: int = 120) -> str:
    """The text's first line that says something, harmless and cut to `limit` characters."""
    first = next((line.strip() for line in harmless(text).splitlines() if line.strip()), "")
    return first if len(first) <= limit else first[: limit - 1].rstrip() + "…"


def _defused(prose: str) -> str:
    text = _ADDRESS.sub(lambda found: f"`{found[0]}`", prose)
    text = _IMAGE.sub("[", text)
    text = _LINK_TARGET.sub("] (", text)
    text = _REFERENCE_TARGET.sub(lambda found: found[0].replace("]:", "] :"), text)
    text = _TAG.sub("&lt;", text)
    text = _CLOSING_KEYWORD.sub(lambda found: f"{found[1]}{found[2]}issue ", text)
    text = _CROSS_REFERENCE.sub(lambda found: f"{found[1]} number ", text)
    text = _MENTION.sub("@\N{WORD JOINER}", text)
    return _COMMAND.sub(r"\1\\/", text)
