"""A model's words, made fit to be published: they must not call people, close issues, or load what is elsewhere."""

from __future__ import annotations

import re

from domain.code_fences import fence_after
from domain.code_spans import code_and_prose
from domain.marker import PREFIX
from domain.visible_text import without_comments

_JOINER = "\N{WORD JOINER}"
"""Takes no room and breaks no line, but what it stands in is no mention and no address any more."""
_NO_MARKER = PREFIX.replace("<!--", f"<!--{_JOINER}")
_MENTION = re.compile(r"(?<!\w)@(?=[A-Za-z0-9])")
_KEYWORD = r"\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)"
_ISSUE = r"(?:[\w.-]+/[\w.-]+)?#\d|GH-\d|https?:"
_CLOSING_KEYWORD = re.compile(rf"{_KEYWORD}([*_~]*\s*:?\s+[*_~(\[]*)(?={_ISSUE})", re.IGNORECASE)
_KEYWORD_AT_END = re.compile(rf"{_KEYWORD}[*_~]*\s*:?\s*$", re.IGNORECASE)
_ISSUE_AT_START = re.compile(rf"^[\s>*_~(\[]*(?={_ISSUE})", re.IGNORECASE)
_CROSS_REFERENCE = re.compile(r"(?<![\w/.-])([\w.-]+/[\w.-]+)(?:#(?=\d)|@(?=[0-9a-f]{7}))")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_IMAGE = re.compile(r"!\[")
_LINK_TARGET = re.compile(r"\]\(\s*(?=[^)\s])")
_REFERENCE_TARGET = re.compile(r"^( {0,3}\[[^\]\n]+\]:)", re.MULTILINE)
_ADDRESS = re.compile(r"\b(https?:|ftp:|www)(?=//|\.)", re.IGNORECASE)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_COMMAND = re.compile(r"^([ \t]*)/(?=\w)", re.MULTILINE)
_LONG_WORD = re.compile(r"[!-~]{20,}\Z")

LONGEST = 20_000
"""Characters; whatever is made harmless stays within the 65,536 that a comment may have on GitHub."""


def harmless(text: str) -> str:
    """The text with mentions, closing keywords, commands, links, images, HTML and references elsewhere defused.

    Words stay readable; code (in back ticks or fences) is left as it is where a forge must read it as code too, but
    for the agent's own markers. What is longer than `LONGEST` characters is cut. Takes time in proportion to the text's
    length.
    """
    lines, fence, doubtful, keyword = [], "", False, False
    for line in _cut(without_comments(text)).replace(PREFIX, _NO_MARKER).split("\n"):
        opened, fence = fence, fence_after(line, fence)
        if opened or fence:
            # A fence in a list ends with the list, wherever that is: without its indent it is in none.
            lines.append(line if fence == opened else line.lstrip(" "))
            doubtful = False
            continue
        # A back tick that has no partner in its line may find one in the lines below, up to an empty one.
        doubtful = bool(line.strip(" \t")) and (doubtful or _is_doubtful(line))
        # A keyword and its issue may stand on two lines, which a page shows as one.
        prefix = "issue " if keyword and _ISSUE_AT_START.match(line) else ""
        keyword = _KEYWORD_AT_END.search(line) is not None
        lines.append(prefix + (_defused(line) if doubtful else _defused_line(line)))
    return "\n".join([*lines, fence] if fence else lines).strip()


def one_line(text: str, limit: int = 120) -> str:
    """The text's first line that says something, harmless and cut to `limit` characters.

    A long word that does not fit is left out as a whole: half a secret is not recognised as one, and tells as much.
    """
    first = next((line.strip() for line in harmless(text).splitlines() if line.strip()), "")
    if len(first) <= limit:
        return first
    kept = first[: limit - 1]
    if not first[limit - 1].isspace():
        kept = _LONG_WORD.sub("", kept)
    return kept.rstrip() + "…"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _is_doubtful(line: str) -> bool:
    """Whether some back ticks are escaped, or stand in no pair."""
    return "\\`" in line or any("`" in prose for prose in code_and_prose(line)[::2])


def _defused_line(line: str) -> str:
    return "".join(piece if index % 2 else _defused(piece) for index, piece in enumerate(code_and_prose(line)))


def _defused(prose: str) -> str:
    text = _ENTITY.sub("&amp;", prose)
    text = _ADDRESS.sub(lambda found: f"{found[0]}{_JOINER}", text)
    text = _IMAGE.sub("[", text)
    text = _LINK_TARGET.sub("] (", text)
    text = _REFERENCE_TARGET.sub(lambda found: found[0].replace("]:", "] :"), text)
    text = _TAG.sub("&lt;", text)
    text = _CLOSING_KEYWORD.sub(lambda found: f"{found[1]}{found[2]}issue ", text)
    text = _CROSS_REFERENCE.sub(lambda found: f"{found[1]} number ", text)
    text = _MENTION.sub(f"@{_JOINER}", text)
    return _COMMAND.sub(r"\1\\/", text)
