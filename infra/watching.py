"""Where telemetry looks on: what stands behind the ports passes through here, and comes back watched or as it was."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from adapters.github.traffic import Exchange
    from application.handlers import Handler
    from application.ports.clock import Clock
    from application.ports.language_model import LanguageModel
    from application.ports.queue_admin import QueueAdmin
    from application.ports.task_events import TaskEvents
    from application.ports.task_queue import TaskQueue
    from application.ports.vcs import Vcs
    from application.task_runner import TaskRunner
    from application.use_cases.reconcile import Reconciled
    from domain.dialogue import Step

Port = TypeVar("Port")
App = TypeVar("App")


class Watching(Protocol):
    """Whoever looks on; what is given back does what was given."""

    def port(self, adapter: Port, port: type[Any]) -> Port:
        """An adapter of a port."""

    def vcs(self, vcs: Vcs) -> Vcs:
        """Version control, with the workspaces that it opens."""

    def model(self, model: LanguageModel) -> LanguageModel:
        """A model."""

    def queue(self, queue: TaskQueue) -> TaskQueue:
        """The queue, which operators see as before."""

    def runner(self, runner: TaskRunner, clock: Clock) -> TaskRunner:
        """Whoever works on tasks."""

    def step(self, step: Step, make: Callable[[], Handler]) -> Callable[[], Handler]:
        """The use case for a step of the conversation."""

    def listeners(self) -> Sequence[TaskEvents]:
        """Who hears of everything that happens to a task."""

    def app(self, app: App) -> App:
        """The gateway's application."""

    def delivered(self, result: str) -> None:
        """A webhook was answered, with this result."""

    def exchanged(self, exchange: Exchange) -> None:
        """A request was made to the forge."""

    def looked(self, result: Reconciled) -> None:
        """Somebody looked at the forge for work."""

    @property
    def page(self) -> Callable[[], Awaitable[bytes]] | None:
        """Makes the page of metrics; None where there are none."""

    def telling(self, admin: QueueAdmin) -> AbstractAsyncContextManager[object]:
        """Send what there is to tell while the context lasts, and once more at its end; the queue is asked as well."""


class NotWatching(Watching):
    """Nobody looks on: everything is given back as it is."""

    def port(self, adapter: Port, port: type[Any]) -> Port:
        """As it is."""
        del port
        return adapter

    def vcs(self, vcs: Vcs) -> Vcs:
        """As it is."""
        return vcs

    def model(self, model: LanguageModel) -> LanguageModel:
        """As it is."""
        return model

    def queue(self, queue: TaskQueue) -> TaskQueue:
        """As it is."""
        return queue

    def runner(self, runner: TaskRunner, clock: Clock) -> TaskRunner:
        """As it is."""
        del clock
        return runner

    def step(self, step: Step, make: Callable[[], Handler]) -> Callable[[], Handler]:
        """As it is."""
        del step
        return make

    def listeners(self) -> Sequence[TaskEvents]:
        """None."""
        return ()

    def app(self, app: App) -> App:
        """As it is."""
        return app

    def delivered(self, result: str) -> None:
        """Nobody is told."""

    def exchanged(self, exchange: Exchange) -> None:
        """Nobody is told."""

    def looked(self, result: Reconciled) -> None:
        """Nobody is told."""

    @property
    def page(self) -> None:
        """There is none."""
        return

    def telling(self, admin: QueueAdmin) -> AbstractAsyncContextManager[object]:
        """Nothing is sent."""
        del admin
        return nullcontext()
