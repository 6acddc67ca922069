"""One part of what gateway and worker do, alone in a process, for its CPU to be measured.

    python -m tests.benchmarks.queue_part http             # the gateway, its queue confirming at once; prints its port
    python -m tests.benchmarks.queue_part publish COUNT    # confirmed publishing, 50 in flight; prints CPU seconds
    python -m tests.benchmarks.queue_part lease COUNT      # take, prove ten times, end; prints CPU seconds

The settings come from the environment.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import uvloop

from application.use_cases.submit_event import SubmitEvent
from entrypoints.gateway.app import build_app
from entrypoints.gateway.server import serve
from entrypoints.gateway.services import GatewayServices
from infra import builders
from infra.composition import composed
from infra.logging import configure
from infra.settings import load
from tests.fakes.queue import FakeTaskQueue
from tests.fakes.queued_tasks import a_task

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator

    from application.ports.task_queue import TaskQueue

IN_FLIGHT = 50
PROOFS = 10
"""Effects of a task, about: each asks whether the task is still held."""


async def http() -> None:
    """The gateway without a broker."""
    settings = load(os.environ)
    configure("json", "info")
    submit = SubmitEvent(builders.accept_event(settings, builders.policy(settings)), FakeTaskQueue())

    @asynccontextmanager
    async def services() -> AsyncIterator[GatewayServices]:
        yield GatewayServices(submit, _nothing)

    app = build_app(services, (settings.webhook_secret,), forge_name=settings.forge)
    await serve(app, "127.0.0.1", 0, lambda port: print(json.dumps({"port": port}), flush=True))  # noqa: T201


async def publish(count: int) -> None:
    """The broker without HTTP."""
    async with composed(load(os.environ)) as parts:
        queue = parts.queue()
        await queue.publish(a_task(count + 1))
        numbers = iter(range(count))
        began = time.process_time()
        async with asyncio.TaskGroup() as group:
            for _ in range(IN_FLIGHT):
                group.create_task(_publish_some(queue, numbers))
        print(json.dumps({"cpu_seconds": time.process_time() - began}), flush=True)  # noqa: T201


async def _publish_some(queue: TaskQueue, numbers: Iterator[int]) -> None:
    for number in numbers:
        await queue.publish(a_task(number))


async def lease(count: int) -> None:
    """A worker without work."""
    async with composed(load(os.environ)) as parts:
        queue = parts.queue()
        await _publish_some(queue, iter(range(count + 1)))
        await (await queue.take()).done()
        began = time.process_time()
        for _ in range(count):
            held = await queue.take()
            for _ in range(PROOFS):
                await held.ensure_held()
            await held.done()
        print(json.dumps({"cpu_seconds": time.process_time() - began}), flush=True)  # noqa: T201


async def _nothing() -> None:
    return


def main() -> None:
    """Run the part that is named."""
    part, *counts = sys.argv[1:]
    count = int(counts[0]) if counts else 0
    parts: dict[str, Callable[[], Coroutine[object, object, None]]] = {
        "http": http,
        "publish": lambda: publish(count),
        "lease": lambda: lease(count),
    }
    work = parts[part]
    loop = uvloop.new_event_loop if part != "lease" else asyncio.new_event_loop
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(work())


if __name__ == "__main__":
    main()
