"""The audit log as one attempt at a task writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.audit import AuditEntry

if TYPE_CHECKING:
    from application.ports.audit_log import AuditLog
    from application.ports.clock import Clock
    from domain.audit import AuditAction
    from domain.task import Task


class TaskAudit:
    """Adds who, when and about which task to what was done."""

    def __init__(self, log: AuditLog, clock: Clock, task: Task, attempt: int) -> None:
        self._log = log
        self._clock = clock
        self._task = task
        self._attempt = attempt

    async def note(self, action: AuditAction, actor: str, digest: str = "") -> None:
        """Keep what `actor` did; `digest` is the request's where no other is given. Raises `AuditUnavailable`."""
        task = self._task
        await self._log.append(
            AuditEntry(
                at=self._clock.now(),
                actor=actor,
                action=action,
                repository=task.repository.full_name,
                issue=task.issue_number,
                task=task.id,
                attempt=self._attempt,
                digest=digest or task.request_digest,
            )
        )
