"""Reviews of a pull request: one page each, the comments on lines below headings that name file and line.

+++
author = "maria"
state = "changes_requested"
+++

Good, but for one thing.

## `shop/total.py:17`

This counts the last line twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from adapters.local_forge.front_matter import new_page
from adapters.local_forge.pages import choice
from adapters.local_forge.roster import is_bot
from domain.issue import Review, ReviewComment, ReviewState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from adapters.local_forge.front_matter import Page
    from adapters.local_forge.storage import Stored
    from adapters.local_forge.toml_values import Value

_HEADING = re.compile(r"^## `([^`\n]+?)(?::([1-9][0-9]*))?`[ \t]*\r?$", re.MULTILINE)
_MOST_COMMENTS = 1000
"""A comment's id is its review's, times this, and its position."""


class Remark(NamedTuple):
    """What somebody says of a line of a file, or of the whole file."""

    path: str
    line: int | None
    body: str


def read_review(stored: Stored[Page], id_: int, agent: str) -> Review:
    """The review; without `submitted_at` it was submitted when its file was last written."""
    facts = stored.value.facts
    author = facts.string("author")
    submitted_at = facts.time("submitted_at", stored.written_at)
    in_reply_to = facts.optional_positive("in_reply_to")
    body, remarks = _split(stored.value.body)
    return Review(
        id=id_,
        author=author,
        author_is_bot=is_bot(author, agent),
        state=choice(facts, ReviewState.COMMENTED),
        body=body,
        submitted_at=submitted_at,
        comments=tuple(
            ReviewComment(
                id=id_ * _MOST_COMMENTS + position,
                author=author,
                path=remark.path,
                line=remark.line,
                body=remark.body,
                created_at=submitted_at,
                in_reply_to=in_reply_to,
            )
            for position, remark in enumerate(remarks, start=1)
        ),
    )


def review_page(
    author: str,
    state: ReviewState,
    body: str,
    remarks: Iterable[Remark],
    now: datetime,
    *,
    in_reply_to: int | None = None,
) -> Page:
    """The page of a new review; with `in_reply_to`, of an answer to that comment."""
    facts: dict[str, Value] = {"author": author, "state": state.value, "submitted_at": now}
    if in_reply_to is not None:
        facts["in_reply_to"] = in_reply_to
    parts = [body, *(f"## `{_place(remark)}`\n\n{remark.body}" for remark in remarks)]
    return new_page(facts, "\n\n".join(part for part in parts if part))


def _place(remark: Remark) -> str:
    return remark.path if remark.line is None else f"{remark.path}:{remark.line}"


def _split(text: str) -> tuple[str, list[Remark]]:
    """The text above the first heading, and what stands below each."""
    headings = list(_HEADING.finditer(text))
    ends = [*(heading.start() for heading in headings[1:]), len(text)]
    first = headings[0].start() if headings else len(text)
    return text[:first].strip(), list(_remarks(text, headings, ends))


def _remarks(text: str, headings: list[re.Match[str]], ends: list[int]) -> Iterator[Remark]:
    for heading, end in zip(headings, ends if headings else [], strict=True):
        line = int(heading[2]) if heading[2] else None
        yield Remark(heading[1], line, text[heading.end() : end].strip())
