"""What a worker answers to probes."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from adapters.memory.queue import MemoryTaskQueue
from domain.errors import InvalidInput, QueueUnavailable
from entrypoints.pages import answering
from entrypoints.worker import health
from entrypoints.worker.health import WorkerHealth
from entrypoints.worker.worker import Doing, Worker
from tests.support.stage import FIX, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from application.ports.queue_admin import QueueStatus
    from application.ports.task_queue import Lease


class TroubledQueue(MemoryTaskQueue):
    """A queue that can be away, or silent."""

    away = False
    silent = False

    async def take(self) -> Lease:
        self._check()
        return await super().take()

    async def status(self) -> QueueStatus:
        self._check()
        if self.silent:
            await asyncio.Event().wait()
        return await super().status()

    def _check(self) -> None:
        if self.away:
            message = "the broker does not answer"
            raise QueueUnavailable(message)


class Probed:
    """A worker, its queue, and whoever asks how it does."""

    def __init__(self) -> None:
        self.stage = Stage(FIX)
        self.queue = TroubledQueue(self.stage.clock)
        self.worker = Worker(self.queue, self.stage.run_task(), grace_seconds=0.0)
        self.probe = httpx.AsyncClient(trust_env=False)

    async def ready(self) -> tuple[int, dict[str, object]]:
        response = await self.probe.get("/ready")
        return response.status_code, response.json()

    async def until(self, doing: Doing) -> None:
        async with asyncio.timeout(10):
            while self.worker.doing is not doing:  # noqa: ASYNC110 - the worker tells nobody
                await asyncio.sleep(0)


@asynccontextmanager
async def probed(*, away: bool = False) -> AsyncIterator[Probed]:
    scene = Probed()
    scene.queue.away = away
    working = asyncio.create_task(scene.worker.work())
    pages = WorkerHealth(scene.worker, scene.queue).pages
    async with answering(pages, "127.0.0.1", 0, setting="WORKER_HTTP_PORT") as port:
        async with httpx.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{port}") as scene.probe:
            yield scene
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def test_is_ready_while_it_waits_for_tasks() -> None:
    async with probed() as scene:
        await scene.until(Doing.WAITING)
        assert await scene.ready() == (200, {"status": "ready", "doing": "waiting for a task", "paused": False})


async def test_a_pause_is_no_failure() -> None:
    async with probed() as scene:
        await scene.until(Doing.WAITING)
        await scene.queue.pause("otto")
        assert await scene.ready() == (200, {"status": "ready", "doing": "waiting for a task", "paused": True})


async def test_is_not_ready_but_alive_while_the_queue_is_away() -> None:
    async with probed(away=True) as scene:
        await scene.until(Doing.QUEUE_AWAY)
        assert await scene.ready() == (503, {"error": "the worker takes no tasks: the queue cannot be reached"})
        assert (await scene.probe.get("/health")).json() == {"status": "alive"}


async def test_is_not_ready_when_the_queue_goes_away_while_it_waits() -> None:
    async with probed() as scene:
        await scene.until(Doing.WAITING)
        scene.queue.away = True
        assert await scene.ready() == (503, {"error": "the broker does not answer"})


async def test_a_queue_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_READY_SECONDS", 0.01)
    async with probed() as scene:
        await scene.until(Doing.WAITING)
        scene.queue.silent = True
        assert await scene.ready() == (503, {"error": "the queue did not answer within 0.01 s"})


async def test_is_not_ready_once_it_was_told_to_stop() -> None:
    async with probed() as scene:
        await scene.until(Doing.WAITING)
        scene.worker.stop()
        assert await scene.ready() == (503, {"error": "the worker takes no tasks: stopping"})


async def test_before_it_has_asked_for_a_task_it_is_not_ready() -> None:
    scene = Probed()
    with pytest.raises(QueueUnavailable, match="starting"):
        await WorkerHealth(scene.worker, scene.queue).require_ready()


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nope", 404), ("POST", "/health", 405), ("GET", "/health?x=1", 200)]
)
async def test_answers_what_is_there_and_nothing_else(method: str, path: str, status: int) -> None:
    async with probed() as scene:
        assert (await scene.probe.request(method, path)).status_code == status


async def test_answers_head_without_a_body() -> None:
    async with probed() as scene:
        response = await scene.probe.head("/health")
        assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("sent", [b"nonsense\r\n\r\n", b"GET /" + b"x" * 10_000, b"\xff\xfe\r\n\r\n", b""])
async def test_bytes_that_are_no_request_do_no_harm(sent: bytes) -> None:
    async with probed() as scene:
        reader, writer = await asyncio.open_connection("127.0.0.1", scene.probe.base_url.port)
        writer.write(sent)
        writer.write_eof()
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
        writer.close()
        assert (await scene.probe.get("/health")).status_code == 200


async def test_names_the_setting_when_the_port_is_taken() -> None:
    async with probed() as scene:
        with pytest.raises(InvalidInput, match="WORKER_HTTP_PORT"):
            async with answering({}, "127.0.0.1", scene.probe.base_url.port or 0, setting="WORKER_HTTP_PORT"):
                pass
