"""An agent in this process whose workers die one after the other, until no effect is left that none has died after."""

from __future__ import annotations

import asyncio
import json
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

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from functools import partial

    from infra.composition import Parts

_LONGER_THAN_ANY_DELAY = timedelta(hours=1)


class _QueueClock(SystemClock):
    """Skips the time until a task is due again."""

    def __init__(self) -> None:
        self.skipped = timedelta()

    def now(self) -> datetime:
        return super().now() + self.skipped


class MortalAgent(Agent):
    """Workers on a queue in memory, each of which dies after the first effect of its task after which none has died.

    Comments are told apart by their markers, and by whether they tell of an end. `deaths` are the effects' names,
    `outcomes` what people were told of the tasks.
    """

    def __init__(self, parts: Parts) -> None:
        self._clock = _QueueClock()
        self._queue = MemoryTaskQueue(self._clock)
        container: Any = parts._container
        container.queue.override(providers.Object(self._queue))
        forge = Interposed(parts.forge(), frozenset(effects_of(Forge)), self._called)
        container.forge.override(providers.Object(forge))
        container.vcs.override(providers.Object(InterposedVcs(parts.vcs(), self._called)))
        self._parts = parts
        self._died_after: set[tuple[str, ...]] = set()
        self.deaths: list[str] = []
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
        self._died_after.clear()
        while (status := await self._queue.status()).due or status.delayed:
            if not status.due:
                self._clock.skipped += _LONGER_THAN_ANY_DELAY
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

    async def _called(self, name: str, method: partial[Awaitable[object]], *, effect: bool) -> object:
        result = await method()
        if effect and (effect_key := _key(name, method.args)) not in self._died_after:
            self._died_after.add(effect_key)
            self.deaths.append(name)
            raise WorkerDied
        return result


def _key(name: str, arguments: tuple[object, ...]) -> tuple[str, ...]:
    if name != "upsert_comment":
        return (name,)
    _, marker, body = arguments
    return (name, str(marker), decoded(str(body)).ended)
