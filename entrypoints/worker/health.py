"""`/health` and `/ready` of a worker."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from domain.errors import AgentError, QueueUnavailable
from entrypoints.pages import json_page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from application.ports.queue_admin import QueueAdmin
    from entrypoints.pages import Page
    from entrypoints.worker.worker import Worker

_READY_SECONDS = 2.0


class WorkerHealth:
    """Whether the process lives, and whether it does what it is there for.

    Kubernetes restarts what is not alive, and waits for what is not ready. A worker that cannot reach its queue lives:
    to restart it would help nobody.
    """

    def __init__(self, worker: Worker, admin: QueueAdmin) -> None:
        self._worker = worker
        self._admin = admin

    @property
    def pages(self) -> Mapping[str, Callable[[], Awaitable[Page]]]:
        """The pages by their paths."""
        return {"/health": self._health, "/ready": self._ready}

    async def require_ready(self) -> bool:
        """Whether the queue is paused; raises `AgentError`, saying what is amiss, for a worker that takes no tasks.

        The queue is reached within two seconds, and the worker waits there for tasks or works on one.
        """
        if not self._worker.attached:
            message = f"the worker takes no tasks: {self._worker.doing}"
            raise QueueUnavailable(message)
        try:
            async with asyncio.timeout(_READY_SECONDS):
                return (await self._admin.status()).paused is not None
        except TimeoutError:
            message = f"the queue did not answer within {_READY_SECONDS:g} s"
            raise QueueUnavailable(message) from None

    async def _health(self) -> Page:
        return json_page({"status": "alive"})

    async def _ready(self) -> Page:
        try:
            paused = await self.require_ready()
        except AgentError as error:
            return json_page({"error": str(error)}, HTTPStatus.SERVICE_UNAVAILABLE)
        return json_page({"status": "ready", "doing": self._worker.doing, "paused": paused})
