"""`POST /webhook/github`: HTTP on one side, the reception on the other, one log line for each delivery.

It speaks ASGI itself: to turn a request into objects and back took a framework longer than all else that is done here.
"""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
import structlog
from litestar.enums import ScopeType

from entrypoints.gateway.reception import Delivery, refusal
from entrypoints.gateway.signature import Signatures

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar.types import Receive, Scope, Send

    from entrypoints.gateway.reception import Answer, Reception

WEBHOOK_PATH = "/webhook/github"
_NAME_CHARACTERS = 100
"""More than a delivery's id or an event's name has; what is longer is cut, for it goes to the log unproven."""
_SECONDS_FOR_A_BODY = 10.0
"""As long as GitHub waits for an answer."""
_log = structlog.get_logger("gateway")
_encode = msgspec.json.Encoder().encode

_ID, _EVENT, _SIGNATURE = b"x-github-delivery", b"x-github-event", b"x-hub-signature-256"
_CONTENT_TYPE, _CONTENT_LENGTH = b"content-type", b"content-length"
_READ = frozenset({_ID, _EVENT, _SIGNATURE, _CONTENT_TYPE, _CONTENT_LENGTH})


class WebhookApp:
    """Answers deliveries; `reception` gives who receives them, and no body of more than `max_body_bytes` is read."""

    def __init__(self, reception: Callable[[], Reception], max_body_bytes: int) -> None:
        self._reception = reception
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        started = time.perf_counter()
        if scope["type"] == ScopeType.WEBSOCKET:
            return
        if scope["method"] != "POST":
            phrase = HTTPStatus.METHOD_NOT_ALLOWED.phrase
            await _respond(send, HTTPStatus.METHOD_NOT_ALLOWED, {"error": phrase}, [(b"allow", b"POST")])
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"] if name in _READ}
        reception = self._reception()
        answer = await self._answer(reception, headers, receive)
        reception.told(answer.result)
        _record(headers, answer, time.perf_counter() - started)
        more = [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
        await _respond(send, answer.status, answer.content, more)

    async def _answer(self, reception: Reception, headers: dict[bytes, str], receive: Receive) -> Answer:
        if not Signatures.is_signature(headers.get(_SIGNATURE, "")):
            return refusal(HTTPStatus.UNAUTHORIZED, "the X-Hub-Signature-256 header is missing, or is no signature")
        announced = headers.get(_CONTENT_LENGTH, "")
        if announced.isdecimal() and int(announced) > self._max_body_bytes:
            return _too_large()
        try:
            async with asyncio.timeout(_SECONDS_FOR_A_BODY):
                body = await self._body(receive)
        except TimeoutError:
            return refusal(HTTPStatus.REQUEST_TIMEOUT, f"the body did not arrive within {_SECONDS_FOR_A_BODY:g} s")
        except _HungUpError:  # nobody hears the answer
            return refusal(HTTPStatus.BAD_REQUEST, "the connection ended before the body did")
        return _too_large() if body is None else await reception.receive(_delivery(headers, body))

    async def _body(self, receive: Receive) -> bytes | None:
        """The whole body; None as soon as it is too large."""
        pieces, read = [], 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise _HungUpError
            pieces.append(message["body"])
            read += len(message["body"])
            if read > self._max_body_bytes:
                return None
            if not message["more_body"]:
                return b"".join(pieces)


class _HungUpError(Exception):
    """The sender has gone."""


def _too_large() -> Answer:
    return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is larger than a webhook may be")


def _delivery(headers: dict[bytes, str], body: bytes) -> Delivery:
    return Delivery(
        id=_name(headers, _ID),
        event=_name(headers, _EVENT),
        signature=headers[_SIGNATURE],
        content_type=headers.get(_CONTENT_TYPE, ""),
        body=body,
    )


def _name(headers: dict[bytes, str], header: bytes) -> str:
    return headers.get(header, "")[:_NAME_CHARACTERS]


async def _respond(send: Send, status: HTTPStatus, content: object, more: list[tuple[bytes, bytes]]) -> None:
    body = _encode(content)
    length = str(len(body)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length), *more]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _record(headers: dict[bytes, str], answer: Answer, seconds: float) -> None:
    """One line of names and numbers: neither the body nor the signature."""
    event = answer.event
    _log.info(
        "delivery",
        delivery=_name(headers, _ID),
        github_event=_name(headers, _EVENT),
        action=event.action if event else "",
        repository=str(event.repository) if event else "",
        issue=event.issue_number if event else None,
        outcome=answer.result.value,
        **answer.content,
        status=int(answer.status),
        milliseconds=round(seconds * 1000, 1),
    )
