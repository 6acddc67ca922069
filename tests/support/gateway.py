"""The gateway's application over a queue of the test's choosing."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from application.use_cases.accept_event import AcceptEvent
from application.use_cases.submit_event import SubmitEvent
from domain.policy import Policy
from domain.secret import Secret
from entrypoints.gateway.app import MAX_BODY_BYTES, build_app
from entrypoints.gateway.services import GatewayServices
from tests.support.webhooks import SECRET

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from litestar import Litestar

    from application.ports.task_queue import TaskQueue

SERVES_ACME = AcceptEvent(Policy(allowed_repositories=frozenset({"acme"})), "ai-help", "agent-acme")


async def always_ready() -> None:
    """Nothing is amiss."""


def gateway_app(
    queue: TaskQueue,
    *,
    secrets: tuple[str, ...] = (SECRET,),
    ready: Callable[[], Awaitable[None]] = always_ready,
    max_body_bytes: int = MAX_BODY_BYTES,
    accept: AcceptEvent = SERVES_ACME,
) -> Litestar:
    """An application that closes the queue when it ends."""
    services = GatewayServices(SubmitEvent(accept, queue), ready)

    @asynccontextmanager
    async def open_services() -> AsyncIterator[GatewayServices]:
        try:
            yield services
        finally:
            await queue.close()

    return build_app(open_services, tuple(Secret(secret) for secret in secrets), max_body_bytes=max_body_bytes)
