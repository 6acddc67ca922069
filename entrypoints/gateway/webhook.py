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
from entrypoints.gateway.signature import Signatures

WEBHOOK_PATH = "/webhook/github"
_NAME_CHARACTERS = 100
"""More than a delivery's id or an event's name has; what is longer is cut, for it goes to the log unproven."""
_SECONDS_FOR_A_BODY = 10.0
"""As long as GitHub waits for an answer."""
_log = structlog.get_logger("gateway")


@post(WEBHOOK_PATH, status_code=HTTPStatus.OK)
async def receive_webhook(
    request: Request[Any, Any, Any], reception: NamedDependency[SkipValidation[Reception]]
) -> Response[dict[str, str]]:
    """Answer a delivery."""
    started = time.perf_counter()
    answer = await _answer(request, reception)
    reception.told(answer.result)
    _record(request, answer, time.perf_counter() - started)
    return Response(
        dict(answer.content),
        status_code=answer.status,
        media_type=MediaType.JSON,
        headers=dict(answer.headers),
    )


async def _answer(request: Request[Any, Any, Any], reception: Reception) -> Answer:
    if not Signatures.is_signature(request.headers.get("x-hub-signature-256", "")):
        return refusal(HTTPStatus.UNAUTHORIZED, "the X-Hub-Signature-256 header is missing, or is no signature")
    try:
        async with asyncio.timeout(_SECONDS_FOR_A_BODY):
            body = await request.body()
    except TimeoutError:
        return refusal(HTTPStatus.REQUEST_TIMEOUT, f"the body did not arrive within {_SECONDS_FOR_A_BODY:g} s")
    except RequestEntityTooLarge:
        return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is larger than a webhook may be")
    except InternalServerException:  # Litestar's word for a sender who hung up; nobody hears the answer
        return refusal(HTTPStatus.BAD_REQUEST, "the connection ended before the body did")
    return await reception.receive(_delivery(request, body))


def _delivery(request: Request[Any, Any, Any], body: bytes) -> Delivery:
    headers = request.headers
    return Delivery(
        id=_name(request, "x-github-delivery"),
        event=_name(request, "x-github-event"),
        signature=headers.get("x-hub-signature-256", ""),
        content_type=headers.get("content-type", ""),
        body=body,
    )


def _name(request: Request[Any, Any, Any], header: str) -> str:
    return request.headers.get(header, "")[:_NAME_CHARACTERS]


def _record(request: Request[Any, Any, Any], answer: Answer, seconds: float) -> None:
    """One line of names and numbers: neither the body nor the signature."""
    event = answer.event
    _log.info(
        "delivery",
        delivery=_name(request, "x-github-delivery"),
        github_event=_name(request, "x-github-event"),
        action=event.action if event else "",
        repository=str(event.repository) if event else "",
        issue=event.issue_number if event else None,
        outcome=answer.result.value,
        **answer.content,
        status=int(answer.status),
        milliseconds=round(seconds * 1000, 1),
    )
