"""Where it is kept who asked for what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from application.effects import effect

if TYPE_CHECKING:
    from domain.audit import AuditEntry


class AuditLog(Protocol):
    """An append-only record."""

    @effect
    async def append(self, entry: AuditEntry) -> None:
        """Keep the entry; return once it is safe.

        Raises `AuditUnavailable` where it cannot be kept: what is not on record does not happen.
        """
