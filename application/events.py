"""Telling several listeners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.ports.task_events import TaskEvents

if TYPE_CHECKING:
    from domain.events import Event


class Listeners(TaskEvents):
    """Tells each in turn; the first that fails ends it."""

    def __init__(self, *listeners: TaskEvents) -> None:
        self._listeners = listeners

    async def record(self, event: Event) -> None:
        """Pass the event on."""
        for listener in self._listeners:
            await listener.record(event)
