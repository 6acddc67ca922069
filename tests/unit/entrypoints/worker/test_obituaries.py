"""What the queue has given up is told, whatever the worker does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.memory.queue import MemoryTaskQueue
from entrypoints.worker.worker import Worker
from tests.fakes.lease import FakeLease
from tests.support.stage import FIX, Stage

if TYPE_CHECKING:
    from application.ports.task_queue import Lease


class GivingUp(MemoryTaskQueue):
    """Holds nothing but tasks that it has given up."""

    def __init__(self, stage: Stage, *leases: Lease) -> None:
        super().__init__(stage.clock)
        self.leases = list(leases)

    async def take_given_up(self) -> Lease:
        return self.leases.pop(0) if self.leases else await super().take_given_up()


async def test_reports_a_given_up_task_while_no_other_comes() -> None:
    stage = Stage(FIX)
    lease = FakeLease(stage.task, redeliveries=21)
    queue = GivingUp(stage, lease)
    worker = Worker(queue, stage.run_task(), grace_seconds=1)
    working = asyncio.create_task(worker.work())
    async with asyncio.timeout(30):
        while not lease.ended:  # noqa: ASYNC110 - the fake tells nobody
            await asyncio.sleep(0.01)
    worker.stop()
    assert await working == 0
    assert lease.ended.startswith("dead: Given up after 3 attempts")
    (comment,) = stage.status_comments()
    assert "Given up after 3 attempts" in comment.body
    assert stage.pull_requests() == []
    await queue.close()
