"""Which use case works on a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from application.default_mode import ByDefault
from domain.errors import InvalidInput
from domain.task import Mode, TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from application.job import Job
    from domain.issue import Issue
    from domain.outcome import Outcome


class Handler(Protocol):
    """A use case that works on a task of one kind."""

    async def run(self, job: Job) -> Outcome:
        """Do the work; raise a `domain.errors` class where it cannot be done."""


class Handlers:
    """The use cases by the kind of task; each is made when it is needed.

    A request without a mode is decided by the issue's labels as they are now, the careful one first, and by
    `default_mode`, or the repository's configuration, where there is none.
    """

    def __init__(self, by_kind: Mapping[TaskKind, Callable[[], Handler]], default_mode: Mode) -> None:
        self._by_kind = by_kind
        self._default_mode = default_mode

    def handler(self, kind: TaskKind, issue: Issue) -> Handler:
        """The use case; raises `InvalidInput` for a kind that this worker does not know."""
        if kind in _WITHOUT_MODE:
            labelled = next((mode for mode in (Mode.PLAN, Mode.QUICKFIX) if issue.has_label(mode.value)), None)
            if labelled is None:
                return ByDefault(self._by_mode(), self._default_mode)
            kind = TaskKind(labelled.value)
        known = self._by_kind.get(kind)
        if known is None:
            message = f"This worker does not know tasks of the kind `{kind}`: it is older than who queued it."
            raise InvalidInput(message)
        return known()

    def _by_mode(self) -> Mapping[Mode, Callable[[], Handler]]:
        kinds = {mode: TaskKind(mode.value) for mode in Mode}
        return {mode: self._by_kind[kind] for mode, kind in kinds.items() if kind in self._by_kind}


_WITHOUT_MODE = frozenset({TaskKind.START, TaskKind.ANSWER})
