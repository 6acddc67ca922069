"""Tasks to put into queues."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.repository import RepositoryRef
from domain.task import Task, TaskKind, task_id

REPOSITORY = RepositoryRef("local", 7, "acme/shop")
ASKED_AT = datetime(2025, 6, 1, 11, 59, 30, 250, tzinfo=UTC)


def a_task(issue_number: int = 1, trigger: str = "first") -> Task:
    """A plain task about an issue; the same trigger gives the same id."""
    return Task(
        id=task_id(REPOSITORY, issue_number, trigger),
        kind=TaskKind.START,
        repository=REPOSITORY,
        issue_number=issue_number,
        asked_by="rosa",
        asked_at=ASKED_AT,
        title="Discount is applied twice",
        body="Adding a voucher twice halves the price twice.",
    )
