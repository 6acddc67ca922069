"""A person's wish that the work on an issue stop."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class CancelReason(StrEnum):
    """What the person did. All but `COMMAND` are facts that the forge confirms."""

    CLOSED = "closed"
    UNLABELLED = "unlabelled"
    UNASSIGNED = "unassigned"
    PULL_REQUEST_CLOSED = "pull_request_closed"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A wish that work stop: who asked, when (UTC), and by what. Whether it counts, the forge has to say."""

    by: str
    at: datetime
    reason: CancelReason


def joined(wishes: tuple[Cancellation, ...], wish: Cancellation) -> tuple[Cancellation, ...]:
    """The wishes and one more; a person who asks again by the same means adds nothing.

    All are kept, for any of them may be the one that counts: a stranger's wish must not hide a maintainer's.
    """
    known = any((other.by, other.reason) == (wish.by, wish.reason) for other in wishes)
    return wishes if known else (*wishes, wish)
