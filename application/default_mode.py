"""What is done with an issue when no label says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from application.briefing import OtherMode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from application.job import Job
    from domain.outcome import Outcome
    from domain.task import Mode


class _Handler(Protocol):
    async def run(self, job: Job) -> Outcome: ...


class ByDefault:
    """The operator's default mode, unless the repository's configuration asks for the other one.

    The configuration is known once the repository is open, which is after a mode was begun and before it has done
    anything that shows.
    """

    def __init__(self, handlers: Mapping[Mode, Callable[[], _Handler]], default: Mode) -> None:
        self._handlers = handlers
        self._default = default

    async def run(self, job: Job) -> Outcome:
        """Work in the one mode or in the other."""
        try:
            return await self._handlers[self._default]().run(replace(job, default_mode=self._default))
        except OtherMode as other:
            return await self._handlers[other.mode]().run(job)
