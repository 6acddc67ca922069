"""What happens to a task, as log lines."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import structlog

from application.ports.task_events import TaskEvents
from domain.conversation import Spend
from domain.events import AttemptEnded, ModelWriting
from domain.outcome import Failed, RetryAt

if TYPE_CHECKING:
    from domain.events import Event

_LONGEST_REASON = 300


class EventLog(TaskEvents):
    """One line an event; no text of the repository, the issue or the model. Which task it is, `LoggedRuns` says.

    The reason of a failure is there, for an operator has to act on it; it is the error's words.
    """

    def __init__(self) -> None:
        self._log = structlog.get_logger("task")

    async def record(self, event: Event) -> None:
        """Write the line; the model's progress is not worth one."""
        if isinstance(event, ModelWriting):
            return
        if isinstance(event, AttemptEnded):
            reason = event.outcome.reason[:_LONGEST_REASON] if isinstance(event.outcome, Failed | RetryAt) else None
            outcome = type(event.outcome).__name__
            self._log.info("attempt_ended", outcome=outcome, reason=reason, seconds=round(event.seconds, 3))
            return
        self._log.info(
            _snake_case(type(event).__name__), **{f.name: _plain(getattr(event, f.name)) for f in fields(event)}
        )


def _plain(value: object) -> object:
    """A value as JSON knows it; problems and paths are counted, not quoted."""
    if isinstance(value, Spend):
        return {"input_tokens": value.input_tokens, "output_tokens": value.output_tokens, "cost_usd": value.cost_usd}
    return len(value) if isinstance(value, tuple) else value


def _snake_case(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")
