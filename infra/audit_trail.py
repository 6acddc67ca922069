"""Where the audit log is written: to the process's own log always, and to further places before that."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import structlog

from application.ports.audit_log import AuditLog

if TYPE_CHECKING:
    from domain.audit import AuditEntry


class AuditTrail(AuditLog):
    """Each entry goes to every one of `logs`, then as one line with the event `audit` to the process's log."""

    def __init__(self, *logs: AuditLog) -> None:
        self._logs = logs
        self._log = structlog.get_logger("audit")

    async def append(self, entry: AuditEntry) -> None:
        """Keep it everywhere; raises `AuditUnavailable` where the first of `logs` that fails cannot."""
        for log in self._logs:
            await log.append(entry)
        self._log.info("audit", **{**asdict(entry), "at": entry.at.isoformat(), "action": entry.action.value})
