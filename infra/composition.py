"""The container with types: what the entry points may ask for."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, cast

from infra.container import Container
from infra.watching import NotWatching

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.local_forge.admin import LocalForgeAdmin
    from application.ports.audit_log import AuditLog
    from application.ports.clock import Clock
    from application.ports.forge import Forge
    from application.ports.language_model import LanguageModel
    from application.ports.queue_admin import QueueAdmin
    from application.ports.task_queue import TaskQueue
    from application.ports.vcs import Vcs
    from application.task_runner import TaskRunner
    from application.use_cases.enqueue_issue import EnqueueIssue
    from application.use_cases.locate import Locate
    from application.use_cases.reconcile import Reconcile
    from application.use_cases.solve import Solve
    from application.use_cases.submit_event import SubmitEvent
    from domain.policy import Policy
    from infra.settings import Settings
    from infra.watching import Watching


class Parts:
    """The parts by name; each raises `InvalidInput` when a setting that it needs is missing."""

    def __init__(self, container: Container) -> None:
        self._container = container

    def clock(self) -> Clock:
        """The clock."""
        return self._container.clock()

    def forge(self) -> Forge:
        """The forge."""
        return self._container.forge()

    def vcs(self) -> Vcs:
        """Version control."""
        return self._container.vcs()

    def queue(self) -> TaskQueue:
        """The queue."""
        return self._container.queue()

    def queue_admin(self) -> QueueAdmin:
        """The same queue, as operators see it."""
        return cast("QueueAdmin", self._container.queue())

    def policy(self) -> Policy:
        """The operator's rules."""
        return self._container.policy()

    def audit_log(self) -> AuditLog:
        """Where it is kept who asked for what."""
        return self._container.audit_log()

    def local_forge_admin(self) -> LocalForgeAdmin:
        """The local forge, as people use it."""
        return self._container.local_forge_admin()

    def model(self) -> LanguageModel:
        """The model."""
        return self._container.model()

    def submit_event(self) -> SubmitEvent:
        """What the gateway does."""
        return self._container.submit_event()

    def enqueue_issue(self) -> EnqueueIssue:
        """What `coding-agent enqueue` does."""
        return self._container.enqueue_issue()

    def reconcile(self) -> Reconcile:
        """What finds work that no webhook has told of."""
        return self._container.reconcile()

    def run_task(self) -> TaskRunner:
        """What the worker does."""
        return self._container.runner()

    def locate(self) -> Locate:
        """What names files."""
        return self._container.locate()

    def solve(self) -> Solve:
        """What the command line does."""
        return self._container.solve()


_NOBODY = NotWatching()


@asynccontextmanager
async def composed(settings: Settings, watching: Watching = _NOBODY) -> AsyncIterator[Parts]:
    """The parts for these settings, looked on at; all that was made is closed at the end, in reverse order."""
    async with AsyncExitStack() as stack:
        yield Parts(Container(settings=settings, stack=stack, watching=watching))
