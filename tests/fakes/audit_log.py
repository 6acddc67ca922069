"""An audit log in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.ports.audit_log import AuditLog
from domain.errors import AuditUnavailable

if TYPE_CHECKING:
    from domain.audit import AuditEntry


class FakeAuditLog(AuditLog):
    """Keeps every entry; the next `failures` are not kept."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.failures = 0

    async def append(self, entry: AuditEntry) -> None:
        if self.failures:
            self.failures -= 1
            message = "the audit log cannot be written"
            raise AuditUnavailable(message)
        self.entries.append(entry)

    def lines(self) -> list[str]:
        """Who did what, in order."""
        return [f"{entry.actor} {entry.action}" for entry in self.entries]
