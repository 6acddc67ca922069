"""What is seen of the cluster while the tasks are worked on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Queue:
    """Messages of the task queue and of those that belong to it."""

    ready: int = 0
    held: int = 0
    later: int = 0
    """Waiting for their time or for their issue."""
    dead: int = 0
    """Set aside, or delivered too often."""

    @property
    def empty(self) -> bool:
        """Whether no task is left; dead ones are none."""
        return not (self.ready or self.held or self.later)


@dataclass(frozen=True, slots=True)
class Workers:
    """The workers' pods that have not ended."""

    pods: int = 0
    """Starting and stopping ones as well."""
    ready: int = 0
    restarts: int = 0
    troubles: tuple[str, ...] = ()
    """Why pods do not run, as Kubernetes calls it: `ImagePullBackOff`, `CrashLoopBackOff`, `Unschedulable`, …"""


@dataclass(frozen=True, slots=True)
class Moment:
    """All of it at one moment, counted in seconds from the first task's publication."""

    at_seconds: float
    queue: Queue
    workers: Workers
    done: int
    """Tasks whose result stands on the forge."""

    def line(self, tasks: int) -> str:
        """It, for people."""
        trouble = f"  {', '.join(self.workers.troubles)}" if self.workers.troubles else ""
        queue = self.queue
        return (
            f"{self.at_seconds:7.1f} s  ready {queue.ready:4}  held {queue.held:3}  later {queue.later:3}"
            f"  workers {self.workers.pods:2} ({self.workers.ready} ready)  done {self.done:4}/{tasks}{trouble}"
        )
