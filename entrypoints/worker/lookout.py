"""The loop that looks at the forge for work that no webhook has told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from domain.errors import QueueUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from application.ports.clock import Clock
    from application.use_cases.reconcile import Reconcile, Reconciled, Trouble

_LONGEST_PAUSE_SECONDS = 900.0


class Lookout:
    """Looks at once, and then every `every_seconds`.

    While the forge or the queue is away it looks ever more rarely, down to four times an hour, and never sooner than
    the forge has asked for. What it finds and what goes wrong is in the log, and `told` hears of it.
    """

    def __init__(
        self,
        reconcile: Reconcile,
        clock: Clock,
        *,
        every_seconds: float,
        told: Callable[[Reconciled], None] = lambda _: None,
    ) -> None:
        self._reconcile = reconcile
        self._clock = clock
        self._every_seconds = every_seconds
        self._told = told
        self._log = structlog.get_logger("reconcile")

    async def watch(self) -> None:
        """Look until cancelled."""
        pause = self._every_seconds
        while True:
            pause = await self._look(pause)
            await self._clock.sleep(pause)

    async def _look(self, pause: float) -> float:
        """Look once; how many seconds to leave the forge alone then."""
        try:
            result = await self._reconcile.look()
        except QueueUnavailable as error:
            self._log.warning("queue_unavailable", reason=str(error))
            return self._longer(pause)
        self._tell(result)
        self._told(result)
        passing = [trouble for trouble in result.troubles if trouble.passing]
        return self._after(passing, pause) if passing else self._every_seconds

    def _tell(self, result: Reconciled) -> None:
        for found in result.published:
            self._log.info(
                "trigger_found", issue=str(found.issue), task=found.task_id[:12], action=found.action, by=found.by
            )
        for trouble in result.troubles:
            self._log.warning("repository_not_read", repository=trouble.repository, reason=trouble.reason)
        if result.postponed:
            self._log.info("postponed", triggers=result.postponed, reason="tasks are due, and may be theirs")

    def _after(self, troubles: list[Trouble], pause: float) -> float:
        asked = max(trouble.wait.total_seconds() if trouble.wait else 0.0 for trouble in troubles)
        return max(asked, self._longer(pause))

    def _longer(self, pause: float) -> float:
        return max(self._every_seconds, min(2 * pause, _LONGEST_PAUSE_SECONDS))
