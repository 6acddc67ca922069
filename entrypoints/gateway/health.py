"""`/health` and `/ready`, for whoever keeps the process running and sends it traffic."""

# Litestar reads the annotations of handlers, so here they are evaluated.

import asyncio
from http import HTTPStatus

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from domain.errors import AgentError
from entrypoints.gateway.services import GatewayServices

_READY_SECONDS = 2.0


@get("/health")
async def health() -> dict[str, str]:
    """The process lives; nothing else is looked at."""
    return {"status": "alive"}


@get("/ready")
async def ready(services: NamedDependency[SkipValidation[GatewayServices]]) -> Response[dict[str, str]]:
    """Whether a delivery that came now could be queued; 503 says what is amiss."""
    try:
        async with asyncio.timeout(_READY_SECONDS):
            await services.ready()
    except AgentError as error:
        return _not_ready(str(error))
    except TimeoutError:
        return _not_ready(f"the queue did not answer within {_READY_SECONDS:g} s")
    return Response({"status": "ready"})


def _not_ready(problem: str) -> Response[dict[str, str]]:
    return Response({"error": problem}, status_code=HTTPStatus.SERVICE_UNAVAILABLE)
