"""How an attempt at a task ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Done:
    """The task has its result; `pull_request` is where a person reads it, "" where the result is text alone."""

    summary: str
    pull_request: str = ""


@dataclass(frozen=True, slots=True)
class NothingToDo:
    """There is nothing to change; `reason` says why in the model's or our own words.

    With `asks` it is not known yet: `reason` holds questions, and an answer resumes the work.
    """

    reason: str
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule says no: permission, policy, a conversation that is already open, edits that may not be applied."""

    reason: str


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Something outside failed for now; try again at `at` (UTC)."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It will not succeed by itself; `reason` says what a maintainer can do."""

    reason: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A person ended it."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A question about how things stand was answered; nothing was done."""

    text: str


Outcome = Answered | Done | NothingToDo | Refused | RetryAt | Failed | Cancelled
