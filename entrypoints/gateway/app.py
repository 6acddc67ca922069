"""The gateway as an ASGI application."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from litestar import asgi
from litestar.di import Provide
from litestar.exceptions import HTTPException

from entrypoints.gateway.errors import answer_http_error, answer_unexpected
from entrypoints.gateway.health import health, ready
from entrypoints.gateway.lean import LeanLitestar, NoEvents
from entrypoints.gateway.reception import Reception
from entrypoints.gateway.services import ServicesLifespan
from entrypoints.gateway.signature import Signatures
from entrypoints.gateway.webhook import WEBHOOK_PATH, WebhookApp

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from litestar import Litestar

    from domain.secret import Secret
    from entrypoints.gateway.reception import Result
    from entrypoints.gateway.services import GatewayServices

MAX_BODY_BYTES = 25 * 1024 * 1024
"""GitHub sends no payload above 25 MB."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _nobody(_result: Result) -> None:
    """Whoever wants to know nothing."""


def build_app(
    open_services: Callable[[], AbstractAsyncContextManager[GatewayServices]],
    secrets: tuple[Secret, ...],
    *,
    max_body_bytes: int = MAX_BODY_BYTES,
    forge_name: str = "github",
    now: Callable[[], datetime] = _utc_now,
    told: Callable[[Result], None] = _nobody,
) -> Litestar:
    """The application; `open_services` is entered when it starts and left when it stops.

    `forge_name` becomes part of each task's id, so it must be what the worker calls the forge. `now` gives UTC.
    `told` hears of each delivery once it is answered.
    Raises `InvalidInput` unless one or two of the secrets are not empty.
    """
    signatures = Signatures(secrets)
    lifespan = ServicesLifespan(open_services)

    def reception() -> Reception:
        return Reception(signatures, lifespan.current().submit_event, forge_name, now, told)

    webhook = asgi(WEBHOOK_PATH, copy_scope=False)(WebhookApp(reception, max_body_bytes))
    return LeanLitestar(
        route_handlers=[webhook, health, ready],
        dependencies={"services": Provide(lifespan.current, sync_to_thread=False)},
        lifespan=[lifespan.run],
        exception_handlers={HTTPException: answer_http_error, Exception: answer_unexpected},
        request_max_body_size=max_body_bytes,
        event_emitter_backend=NoEvents,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
