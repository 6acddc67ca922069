"""What is kept for good about who set the agent to work, and who stopped it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class AuditAction(StrEnum):
    """What a person did, as the agent found it to be in force. `REFUSED`: asked, and was not allowed to."""

    ASKED = "asked"
    ANSWERED = "answered"
    APPROVED = "approved"
    REJECTED = "rejected"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One fact. `at` is UTC; `actor` is a login, "" where the forge does not tell who it was.

    `digest` is that of what was asked for (`Task.request_digest`) or agreed to; no text is kept. A task that is
    delivered twice is noted twice, with another `attempt`.
    """

    at: datetime
    actor: str
    action: AuditAction
    repository: str
    issue: int
    task: str
    attempt: int
    digest: str
