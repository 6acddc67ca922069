"""Markup that a page does not show: attributes of tags, titles of links, texts of images, definitions of links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

IMAGE = "[image]"

_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9-]*)(?=[\s/>])")
_INSTRUCTION = re.compile(r"<\?|<!\[CDATA\[|<![A-Za-z]")
_ENDS = {"<?": "?>", "<![CDATA[": "]]>"}
_UNSHOWN = re.compile(r"<(script|style|title)(?=[\s/>])", re.IGNORECASE)
_TITLE = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\))"""
_LINK_TITLE = re.compile(rf"(\]\(\s*(?:<[^<>\n]*>|(?!<)(?:(?!\]\()\S)+))\s+{_TITLE}\s*\)", re.DOTALL)
_DEFINITION = re.compile(
    r"^ {0,3}\[((?:[^\]\\\n]|\\.){1,999})\]:[ \t]*(?:<[^<>\n]*>|[^\s<]\S*)?[ \t]*(?P<title>[\"'(].*)?$"
)
_CLOSING = {'"': '"', "'": "'", "(": ")"}


def without_hidden_markup(prose: str) -> str:
    """Markdown as its page reads, where no code is: links keep their addresses, images become `[image]`."""
    text, labels = _without_definitions(prose)
    text = _without_instructions(_without_unshown_elements(text))
    text = _LINK_TITLE.sub(r"\1)", _without_attributes(text))
    return _without_images(text, labels)


def _without_definitions(text: str) -> tuple[str, frozenset[str]]:
    """The text without definitions of links, which people use as comments; and their labels."""
    kept: list[str] = []
    labels: set[str] = set()
    in_title = False
    for line in text.split("\n"):
        if in_title and line.strip():
            continue
        in_title = False
        found = None if kept and kept[-1][:1].isalnum() else _DEFINITION.match(line)
        if not found:
            kept.append(line)
            continue
        labels.add(found[1].casefold())
        in_title = not _is_complete(line, found["title"])
    return "\n".join(kept), frozenset(labels)


def _is_complete(line: str, title: str | None) -> bool:
    """Whether a definition ends with its line: otherwise its address or its title may follow."""
    if title:
        return title.rstrip().endswith(_CLOSING[title[0]]) and len(title.rstrip()) > 1
    return not line.rstrip().endswith("]:")


def _without_unshown_elements(text: str) -> str:
    pieces, start = [], 0
    lowered = text.lower()
    while found := _UNSHOWN.search(text, start):
        end = lowered.find(f"</{found[1].lower()}", found.end())
        pieces.append(text[start : found.start()])
        start = len(text) if end < 0 else end + len(found[1]) + 2
    return "".join([*pieces, text[start:]])


def _without_instructions(text: str) -> str:
    """The text without processing instructions, declarations and CDATA; one without an end goes on to the end."""
    pieces, start = [], 0
    while found := _INSTRUCTION.search(text, start):
        pieces.append(text[start : found.start()])
        end = _ENDS.get(found[0], ">")
        at = text.find(end, found.end())
        start = len(text) if at < 0 else at + len(end)
    return "".join([*pieces, text[start:]])


def _without_attributes(text: str) -> str:
    """Every tag by its name alone; an image's is an image."""
    if not _TAG.search(text):
        return text
    ends = _tag_ends(text)
    pieces, start = [], 0
    while found := _TAG.search(text, start):
        end = ends[found.end()]
        if end < 0:
            pieces.append(text[start : found.end()])
            start = found.end()
            continue
        name = found[1]
        pieces += [text[start : found.start()], IMAGE if name.lower() in {"img", "image"} else f"<{name}>"]
        start = end + 1
    return "".join([*pieces, text[start:]])


def _tag_ends(text: str) -> Sequence[int]:
    """For each place, where the tag ends that one is within there, quoted values respected; -1 where it never does."""
    ends = [-1] * (len(text) + 1)
    next_quote = {'"': -1, "'": -1}
    for place in range(len(text) - 1, -1, -1):
        char = text[place]
        if char == ">":
            ends[place] = place
        elif char in next_quote:
            closing = next_quote[char]
            ends[place] = ends[closing + 1] if closing >= 0 else -1
            next_quote[char] = place
        elif char != "<":
            ends[place] = ends[place + 1]
    return ends


def _without_images(text: str, labels: frozenset[str]) -> str:
    """Every image as `[image]`: its text is shown only where it cannot be loaded."""
    if "![" not in text:
        return text
    partners = _bracket_partners(text)
    pieces, start = [], 0
    for place in _image_starts(text):
        close = partners.get(place + 1, -1)
        if place < start or close < 0:
            continue
        end = _image_end(text, partners, place + 2, close, labels)
        if end >= 0:
            pieces += [text[start:place], IMAGE]
            start = end
    return "".join([*pieces, text[start:]])


def _image_starts(text: str) -> Iterator[int]:
    place = text.find("![")
    while place >= 0:
        yield place
        place = text.find("![", place + 1)


def _image_end(text: str, partners: dict[int, int], first: int, close: int, labels: frozenset[str]) -> int:
    """Where an image ends whose text is `text[first:close]`; -1 where it is none."""
    follower = text[close + 1 : close + 2]
    if follower in {"(", "["} and (end := partners.get(close + 1, -1)) >= 0:
        return end + 1
    return close + 1 if text[first:close].casefold() in labels else -1


def _bracket_partners(text: str) -> dict[int, int]:
    """For each opening bracket or parenthesis the place of the one that closes it."""
    partners: dict[int, int] = {}
    waiting: dict[str, list[int]] = {"]": [], ")": []}
    escaped = False
    for place, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in "[(":
            waiting["]" if char == "[" else ")"].append(place)
        elif waiting.get(char):
            partners[waiting[char].pop()] = place
    return partners
