"""Faults at chosen calls of the ports around a stage, and a worker that works on until the queue is empty."""

from __future__ import annotations

import asyncio
import inspect
from contextlib import asynccontextmanager
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from application.effects import effects_of
from application.ports.audit_log import AuditLog
from application.ports.forge import Forge
from application.ports.vcs import Vcs, Workspace
from domain.cancellation import Cancellation, CancelReason
from domain.errors import PermissionRefused, QueueUnavailable, RemoteUnavailable
from tests.fakes.clock import FakeClock
from tests.support.stage import MAINTAINER, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from application.ports.task_queue import Lease
    from domain.repository import GitSource

_CAN_BE_TOLD_WITHOUT = frozenset({"agent_login", "comments", "upsert_comment"})


class Fault(StrEnum):
    """What happens at a call."""

    AWAY = "away"
    ANSWER_LOST = "answer lost"
    REFUSED = "refused"
    MISTAKE = "mistake"
    LEASE_LOST = "lease lost"
    CANCELLED = "cancelled by a person"
    STOPPED = "stopped from outside"
    DIED = "the worker died"


class WorkerDied(BaseException):
    """Nothing runs after it."""


class FaultyStage(Stage):
    """A stage on which the n-th call of any port, counted from 0 over all attempts, meets a fault."""

    def __init__(self, faults: Mapping[int, Fault], *answers: str) -> None:
        super().__init__(*answers, clock=FakeClock(sleep_advances=True))
        self._faults = dict(faults)
        self._calls = 0
        self._held: Lease | None = None
        self._running: asyncio.Task[object] | None = None
        self.effects_without_lease: list[str] = []
        self.surprises: list[str] = []
        self.plain_forge, self.plain_vcs = self.forge, self.vcs
        self.forge = cast("Any", Interposed(self.forge, frozenset(effects_of(Forge)), self.call))
        self.vcs = cast("Any", InterposedVcs(self.vcs, self.call))
        self.audit = cast("Any", Interposed(self.audit, frozenset(effects_of(AuditLog)), self.call))

    async def work_until_empty(self) -> None:
        """Deliver the task again and again, each time when it is due."""
        await self.queue.publish(self.task)
        while True:
            status = await self.queue.status()
            if not (status.due or status.delayed or status.held):
                return
            if not status.due:
                await self.clock.advance(600)
            self._held = await self.queue.take()
            lease = cast(
                "Lease", Interposed(self._held, frozenset(), self.call, {"done", "retry", "dead", "ensure_held"})
            )
            self._running = asyncio.create_task(self.run_task().run(lease))
            (result,) = await asyncio.gather(self._running, return_exceptions=True)
            self.surprises += await self._surprises(result)
            self.queue.break_leases()

    async def _surprises(self, result: object) -> list[str]:
        """An attempt settles its lease unless the worker died, and raises nothing that would stop the worker."""
        if isinstance(result, WorkerDied):
            return []
        raised = isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError)
        held = (await self.queue.status()).held
        return [f"raised {result!r}"] * raised + ["a lease is still held"] * bool(held)

    async def call(self, name: str, method: Callable[..., Awaitable[object]], *, effect: bool) -> object:
        fault, self._calls = self._faults.get(self._calls), self._calls + 1
        if effect:
            await self._note_unless_held(name)
        if fault is not None:
            await self._before(fault, name, effect=effect)
        result = await method()
        if fault is Fault.ANSWER_LOST:
            raise _away(name)
        return result

    async def _note_unless_held(self, name: str) -> None:
        assert self._held is not None
        try:
            await self._held.ensure_held()
        except Exception:  # noqa: BLE001 - whatever says that it is not held
            self.effects_without_lease.append(name)

    async def _before(self, fault: Fault, name: str, *, effect: bool) -> None:
        match fault:
            case Fault.AWAY:
                raise _away(name)
            case Fault.REFUSED if name not in _CAN_BE_TOLD_WITHOUT | _ENDS:
                message = "not allowed"
                raise PermissionRefused(message)
            case Fault.MISTAKE if name not in _CAN_BE_TOLD_WITHOUT | _ENDS:
                raise ValueError(name)
            case Fault.LEASE_LOST if not effect:
                self.queue.break_leases()
            case Fault.CANCELLED:
                self.plain_forge.close_issue(self.issue)
                await self.queue.cancel(self.issue, Cancellation(MAINTAINER, self.clock.now(), CancelReason.CLOSED))
            case Fault.STOPPED:
                assert self._running is not None
                self._running.cancel()
                await asyncio.sleep(0)
            case Fault.DIED:
                raise WorkerDied


_ENDS = frozenset({"done", "retry", "dead", "ensure_held"})


def _away(name: str) -> RemoteUnavailable | QueueUnavailable:
    return QueueUnavailable("away") if name in _ENDS else RemoteUnavailable("away")


class Interposed:
    """An adapter whose asynchronous methods go through `call`; with `only`, those alone."""

    def __init__(
        self,
        adapter: object,
        effects: frozenset[str],
        call: Callable[..., Awaitable[object]],
        only: set[str] | None = None,
    ) -> None:
        self._adapter = adapter
        self._effects = effects
        self._call = call
        self._only = only

    def __getattr__(self, name: str) -> object:
        attribute = getattr(self._adapter, name)
        passes = name not in self._only if self._only else not inspect.iscoroutinefunction(attribute)
        if passes:
            return attribute

        async def called(*args: object, **kwargs: object) -> object:
            return await self._call(name, partial(attribute, *args, **kwargs), effect=name in self._effects)

        return called


class InterposedVcs(Vcs):
    """Version control whose calls go through `call`, those of its workspaces included."""

    def __init__(self, vcs: Vcs, call: Callable[..., Awaitable[object]]) -> None:
        self._vcs = vcs
        self._call = call

    @asynccontextmanager
    async def open(self, source: GitSource, revision: str = "") -> AsyncIterator[Workspace]:
        """Openings are calls, too."""
        await self._call("open", _nothing, effect=False)
        async with self._vcs.open(source, revision) as workspace:
            yield cast("Workspace", Interposed(workspace, frozenset(effects_of(Workspace)), self._call))


async def _nothing() -> None:
    return
