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
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Who asked, when (UTC), and by what."""

    by: str
    at: datetime
    reason: CancelReason
