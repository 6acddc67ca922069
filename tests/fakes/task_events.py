"""A listener that remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from application.ports.task_events import TaskEvents

if TYPE_CHECKING:
    from domain.events import Event

Kind = TypeVar("Kind")


class Recorder(TaskEvents):
    """Keeps every event in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def record(self, event: Event) -> None:
        self.events.append(event)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Those of one kind."""
        return [event for event in self.events if isinstance(event, kind)]
