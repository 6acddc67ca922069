"""Whether an approval counts: decided by times, digests and names, never by a model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from domain.plan import Plan


class Objection(StrEnum):
    """Why an approval does not count."""

    PLAN_CHANGED = "plan_changed"
    ISSUE_CHANGED = "issue_changed"
    COMMAND_CHANGED = "command_changed"
    OTHER_DIGEST = "other_digest"
    NO_DIGEST = "no_digest"
    SAME_PERSON = "same_person"


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person wrote: when the comment was created and last edited (None: never), and the digest it names ("")."""

    by: str
    created_at: datetime
    edited_at: datetime | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """What the operator asks of an approval beyond the permission to write."""

    digest_required: bool = False
    by_another_person: bool = False


@dataclass(frozen=True, slots=True)
class Approvable:
    """A plan as it is now: when it and its issue were last edited (UTC), and who asked for it.

    Where that is not known (""), it may have been anybody.
    """

    plan: Plan
    asked_by: str
    plan_edited_at: datetime
    issue_edited_at: datetime | None


def objection(approval: Approval, approvable: Approvable, rules: ApprovalRules) -> Objection | None:
    """Why the approval does not count for the plan as it is now, or None.

    Forges tell times in whole seconds, so an edit in the very second of the approval may have come after it: it makes
    the approval stale.
    """
    if approval.edited_at is not None:
        return Objection.COMMAND_CHANGED
    if approvable.plan_edited_at >= approval.created_at:
        return Objection.PLAN_CHANGED
    if approvable.issue_edited_at is not None and approvable.issue_edited_at >= approval.created_at:
        return Objection.ISSUE_CHANGED
    if approval.digest and not approvable.plan.is_digest(approval.digest):
        return Objection.OTHER_DIGEST
    if rules.digest_required and not approval.digest:
        return Objection.NO_DIGEST
    if rules.by_another_person and approvable.asked_by.casefold() in {"", approval.by.casefold()}:
        return Objection.SAME_PERSON
    return None
