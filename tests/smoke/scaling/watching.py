"""Looks at the cluster again and again until all is over, or time is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.smoke.scaling.kubectl import ClusterError
from tests.smoke.scaling.timeline import Moment
from tests.smoke.scaling.verdict import over

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.smoke.scaling.cluster import Asked, Cluster

_SILENCES = 5
"""So many looks in a row may fail: an API server that is busy answers again."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The time that passes; a test has its own."""

    now: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(slots=True)
class Watch:
    """The moments that were seen, each told to `say` as it is."""

    cluster: Cluster
    clock: Clock
    say: Callable[[str], None]
    every_seconds: float
    moments: list[Moment] = field(default_factory=list)

    def wait_for_none(self, within_seconds: float) -> bool:
        """Wait until no worker is there; whether that came about."""
        began = self.clock.now()
        while self.cluster.workers().pods:
            if self.clock.now() - began > within_seconds:
                return False
            self.clock.sleep(self.every_seconds)
        return True

    def first(self) -> None:
        """What there is before the first task."""
        self._add(Moment(0.0, self.cluster.tasks(), self.cluster.workers(), 0), 0)

    def follow(self, asked: Asked, within_seconds: float) -> None:
        """Look until all is over or the time is; raises `ClusterError` once the cluster stays silent."""
        began, silences = self.clock.now(), 0
        while self.clock.now() - began < within_seconds:
            self.clock.sleep(self.every_seconds)
            try:
                self._look(asked, self.clock.now() - began)
            except ClusterError as error:
                silences += 1
                self.say(str(error))
                if silences >= _SILENCES:
                    raise
                continue
            silences = 0
            if over(self.moments, len(asked.issues)):
                return

    def _look(self, asked: Asked, at_seconds: float) -> None:
        done = sum(result.done > 0 for result in self.cluster.results(asked))
        moment = Moment(at_seconds, self.cluster.tasks(), self.cluster.workers(), done)
        self._add(moment, len(asked.issues))

    def _add(self, moment: Moment, tasks: int) -> None:
        self.moments.append(moment)
        self.say(moment.line(tasks))
