"""Whoever listens to the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from domain.events import Event


class TaskEvents(Protocol):
    """A listener; the work does not know who it is."""

    async def record(self, event: Event) -> None:
        """Take note. Fails only where the work must stop too (the lease is lost, the forge refuses)."""
