"""What the gateway needs from the rest of the house, for as long as it runs."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from litestar import Litestar

    from application.use_cases.submit_event import SubmitEvent


@dataclass(frozen=True, slots=True)
class GatewayServices:
    """The use case, and the question whether it can be used now.

    `ready` returns when deliveries can be taken, and raises `AgentError` saying what is amiss when they cannot.
    """

    submit_event: SubmitEvent
    ready: Callable[[], Awaitable[None]]


class ServicesLifespan:
    """Opens the services when the application starts, and closes them after the last request."""

    def __init__(self, open_services: Callable[[], AbstractAsyncContextManager[GatewayServices]]) -> None:
        self._open_services = open_services
        self._services: GatewayServices | None = None

    @asynccontextmanager
    async def run(self, _app: Litestar) -> AsyncIterator[None]:
        """Hold the services open; what opening them raises stops the start."""
        async with self._open_services() as services:
            self._services = services
            try:
                yield
            finally:
                self._services = None

    def current(self) -> GatewayServices:
        """The open services."""
        if self._services is None:
            message = "the gateway's services are used before they are open"
            raise RuntimeError(message)
        return self._services
