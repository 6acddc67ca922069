"""What people wrote below an issue, as far as it may be shown to a model."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from application.token_estimate import estimate_tokens
from domain.visible_text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from domain.issue import Comment

MAX_COMMENTS = 30
MAX_CHARACTERS = 12_000
"""Of all comments together; the newest are kept."""

COMMENT_OVERHEAD_TOKENS = 40
"""What is set aside for each comment's fence."""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as the model is shown it: by whom, and what a page shows of it."""

    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Discussion:
    """The comments that are shown, oldest first, and what is left out, one sentence each."""

    said: tuple[Said, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def tokens(self) -> int:
        """The estimate for what is shown."""
        return sum(estimate_tokens(said.text) + COMMENT_OVERHEAD_TOKENS for said in self.said)

    def within(self, budget_tokens: int) -> Discussion:
        """The newest comments for which there is room."""
        said, dropped = self.said, 0
        while said and replace(self, said=said).tokens > budget_tokens:
            said, dropped = said[1:], dropped + 1
        notes = (_sentence(dropped, _Omission.OLD),) if dropped else ()
        return Discussion(said, (*self.left_out, *notes))


class _Omission(StrEnum):
    """Why a comment is not shown, in the words that follow their number."""

    LATER = "made or changed after the agent was asked"
    BY_BOTS = "by bots"
    BY_OTHERS = "by people without write permission"
    OLD = "for which there is no room"


def told_discussion(comments: Sequence[Comment], *, as_of: datetime, trusted: AbstractSet[str] | None) -> Discussion:
    """Those of the comments, oldest first, that were there at `as_of` and have not been edited since.

    Bots are left out, and so is everybody who is not among the `trusted` (None: everybody is trusted).
    """
    omitted: Counter[_Omission] = Counter()
    shown: list[Said] = []
    room = MAX_CHARACTERS
    for comment in reversed(comments):
        text = visible(comment.body).strip()
        reason = _omission(comment, as_of, trusted)
        if not reason and (len(text) > room or len(shown) == MAX_COMMENTS):
            reason = _Omission.OLD
        if reason:
            omitted[reason] += 1
        elif text:
            room -= len(text)
            shown.append(Said(comment.author, text))
    return Discussion(tuple(reversed(shown)), tuple(_sentence(omitted[why], why) for why in _Omission if omitted[why]))


def _omission(comment: Comment, as_of: datetime, trusted: AbstractSet[str] | None) -> _Omission | None:
    if comment.created_at > as_of or (comment.edited_at and comment.edited_at > as_of):
        return _Omission.LATER
    if comment.author_is_bot:
        return _Omission.BY_BOTS
    return None if trusted is None or comment.author in trusted else _Omission.BY_OTHERS


def _sentence(count: int, why: _Omission) -> str:
    return f"{count:,} comment{'' if count == 1 else 's'} {why} {'is' if count == 1 else 'are'} not shown."
