"""The agent in this process: one worker after the other until nothing is left to do, whatever befalls them."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dependency_injector import providers

from adapters.memory.queue import MemoryTaskQueue
from adapters.system_clock.clock import SystemClock
from application.effects import effects_of
from application.ports.forge import Forge
from application.status_comment import StatusComment
from application.task_state import decoded
from application.use_cases.submit_event import Queued
from entrypoints.cli.demo_agent import Agent
from entrypoints.gateway.payloads import read_issue_event
from tests.support.faults import Interposed, InterposedVcs, WorkerDied
from tests.support.github_double.server import Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from functools import partial

    from infra.composition import Parts
    from tests.support.github_double.server import GitHubDouble

_SKIPPED = range(4, 400, 15)
"""How many requests pass unharmed before each fault."""
_LIMIT = '{"message": "You have exceeded a secondary rate limit"}'
_KINDS = (
    Fault(status=502),
    Fault(where="/api/v3/repos/", status=403, body=_LIMIT),
    Fault(lost=True),
    Fault(half=True),
)
_LONGER_THAN_ANY_DELAY = timedelta(hours=1)


class _QueueClock(SystemClock):
    """Skips the time until a task is due again."""

    def __init__(self) -> None:
        self.skipped = timedelta()

    def now(self) -> datetime:
        return super().now() + self.skipped


class AgentInProcess(Agent):
    """Workers on a queue in memory, on which no time passes; `outcomes` are what people were told of the tasks."""

    def __init__(self, parts: Parts) -> None:
        self._clock = _QueueClock()
        self._queue = MemoryTaskQueue(self._clock)
        container: Any = parts._container
        container.queue.override(providers.Object(self._queue))
        self._parts = parts
        self.attempts = 0
        self.outcomes: list[str] = []

    async def told(self, payload: dict[str, object], *, event: str = "issues") -> str:
        """What a gateway does, signatures left out."""
        read = read_issue_event(
            json.dumps(payload).encode(), event=event, forge="github", delivery="d", received_at=datetime.now(UTC)
        )
        receipt = await self._parts.submit_event().submit(read)
        assert isinstance(receipt, Queued), receipt
        return receipt.task_id

    async def worked(self) -> str:
        task = None
        while (status := await self._queue.status()).due or status.delayed:
            if not status.due:
                self._clock.skipped += _LONGER_THAN_ANY_DELAY
            self.attempts += 1
            lease = await self._queue.take()
            task = lease.task
            work = asyncio.create_task(self._parts.run_task().run(lease))
            (result,) = await asyncio.gather(work, return_exceptions=True)
            assert result is None or not isinstance(result, Exception), result
            self._queue.break_leases()
        assert status.dead == 0
        assert task is not None
        told = (await StatusComment(self._parts.forge(), task).load()).ended
        self.outcomes.append(told.capitalize())
        return self.outcomes[-1]


class MortalAgent(AgentInProcess):
    """Each worker dies after the first effect of its task after which none has died; `deaths` are their names.

    Comments are told apart by their markers, and by whether they tell of an end.
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        container: Any = parts._container
        forge = Interposed(parts.forge(), frozenset(effects_of(Forge)), self._called)
        container.forge.override(providers.Object(forge))
        container.vcs.override(providers.Object(InterposedVcs(parts.vcs(), self._called)))
        self._died_after: set[tuple[str, ...]] = set()
        self.deaths: list[str] = []

    async def worked(self) -> str:
        self._died_after.clear()
        return await super().worked()

    async def _called(self, name: str, method: partial[Awaitable[object]], *, effect: bool) -> object:
        result = await method()
        if effect and (effect_key := _key(name, method.args)) not in self._died_after:
            self._died_after.add(effect_key)
            self.deaths.append(name)
            raise WorkerDied
        return result


class FaultyAgent(AgentInProcess):
    """While it works, some of GitHub's answers are errors, get lost on the way, or are cut in half."""

    def __init__(self, parts: Parts, github: GitHubDouble) -> None:
        super().__init__(parts)
        self._github = github
        self.faults_met = 0

    async def worked(self) -> str:
        faults = [replace(kind, skip=skip) for skip, kind in zip(_SKIPPED, itertools.cycle(_KINDS), strict=False)]
        self._github.go_wrong(*faults)
        try:
            return await super().worked()
        finally:
            self.faults_met += sum(fault.times == 0 for fault in faults)
            self._github.go_wrong()


def _key(name: str, arguments: tuple[object, ...]) -> tuple[str, ...]:
    if name != "upsert_comment":
        return (name,)
    _, marker, body = arguments
    return (name, str(marker), decoded(str(body)).ended)
