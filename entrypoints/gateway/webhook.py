"""`POST /webhook/github`: HTTP on one side, the reception on the other, one log line for each delivery."""

# Litestar reads the annotations of handlers, so here they are evaluated.

import asyncio
import time
from http import HTTPStatus
from typing import Any

import structlog
from litestar import MediaType, Request, Response, post
from litestar.di import NamedDependency
from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.params import SkipValidation

from entrypoints.gateway.reception import Answer, Delivery, Reception, refusal
from entrypoints.gateway.services import GatewayServices

WEBHOOK_PATH = "/webhook/github"
BODY_SECONDS = 10.0
"""How long a body may take to arrive: GitHub itself gives up on a delivery after 10 seconds."""
_LOGGED_CHARACTERS = 100
_log = structlog.get_logger("gateway")


@post(WEBHOOK_PATH, status_code=HTTPStatus.OK)
async def receive_webhook(
    request: Request[Any, Any, Any],
    reception: NamedDependency[SkipValidation[Reception]],
    services: NamedDependency[SkipValidation[GatewayServices]],
) -> Response[dict[str, str]]:
    """Answer a delivery."""
    started = time.perf_counter()
    answer = await _answer(request, reception, services)
    _record(request, answer, time.perf_counter() - started)
    return Response(
        dict(answer.content),
        status_code=answer.status,
        media_type=MediaType.JSON,
        headers=dict(answer.headers),
    )


async def _answer(request: Request[Any, Any, Any], reception: Reception, services: GatewayServices) -> Answer:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await request.body()
    except RequestEntityTooLarge:
        return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is larger than a webhook may be")
    except TimeoutError:
        return refusal(HTTPStatus.REQUEST_TIMEOUT, f"the body did not arrive within {BODY_SECONDS:g} s")
    except InternalServerException:  # Litestar's word for a sender who hung up; nobody hears the answer
        return refusal(HTTPStatus.BAD_REQUEST, "the connection ended before the body did")
    return await reception.receive(_delivery(request, body), services.submit_event)


def _delivery(request: Request[Any, Any, Any], body: bytes) -> Delivery:
    headers = request.headers
    return Delivery(
        id=headers.get("x-github-delivery", ""),
        event=headers.get("x-github-event", ""),
        signature=headers.get("x-hub-signature-256", ""),
        content_type=headers.get("content-type", ""),
        body=body,
    )


def _record(request: Request[Any, Any, Any], answer: Answer, seconds: float) -> None:
    """One line. Names and numbers only: no body, no signature, and headers cut short, for anybody may send them."""
    event = answer.event
    _log.info(
        "delivery",
        delivery=request.headers.get("x-github-delivery", "")[:_LOGGED_CHARACTERS],
        github_event=request.headers.get("x-github-event", "")[:_LOGGED_CHARACTERS],
        action=event.action if event else "",
        repository=str(event.repository) if event else "",
        issue=event.issue_number if event else None,
        outcome=answer.result.value,
        **answer.content,
        status=int(answer.status),
        milliseconds=round(seconds * 1000, 1),
    )
