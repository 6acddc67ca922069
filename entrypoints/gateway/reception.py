"""What becomes of a delivery: from its raw bytes to the answer, without HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

from application.use_cases.submit_event import CancelRequested, Ignored, Queued
from domain.errors import InvalidInput, QueueUnavailable
from entrypoints.gateway.payloads import EVENTS, read_issue_event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from application.use_cases.submit_event import Receipt, SubmitEvent
    from domain.webhook import IssueEvent
    from entrypoints.gateway.signature import Signatures

RETRY_AFTER_SECONDS = 30
"""When to send again what the queue could not take, where the queue itself does not say."""


class Result(StrEnum):
    """The word for an answer in the log."""

    QUEUED = "queued"
    CANCELLED = "cancelled"
    IGNORED = "ignored"
    GREETED = "greeted"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request as it came: GitHub's headers ("" where one is missing) and the raw body."""

    id: str
    event: str
    signature: str
    content_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered, and the event that it is about where the delivery could be read as far as that."""

    status: HTTPStatus
    result: Result
    content: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    event: IssueEvent | None = None


class Reception:
    """Proves where a delivery comes from before it looks at anything else, then hands the event to the use case.

    `told` is to hear of each answer.
    """

    def __init__(
        self,
        signatures: Signatures,
        submit_event: SubmitEvent,
        forge: str,
        now: Callable[[], datetime],
        told: Callable[[Result], None],
    ) -> None:
        self.told = told
        self._signatures = signatures
        self._submit_event = submit_event
        self._forge = forge
        self._now = now

    async def receive(self, delivery: Delivery) -> Answer:
        """The answer to a delivery; nothing that a delivery may hold makes it raise."""
        if not self._signatures.match(delivery.body, delivery.signature):
            return refusal(HTTPStatus.UNAUTHORIZED, "X-Hub-Signature-256 is not this body's under the webhook's secret")
        if problem := _problem(delivery):
            return refusal(HTTPStatus.BAD_REQUEST, problem)
        if delivery.event == "ping":
            return Answer(HTTPStatus.OK, Result.GREETED, {"ok": "the webhook reaches the agent"})
        if delivery.event not in EVENTS:
            return _ignored(f"{delivery.event} events are not acted on")
        return await self._receive_issue(delivery)

    async def _receive_issue(self, delivery: Delivery) -> Answer:
        try:
            event = read_issue_event(
                delivery.body,
                event=delivery.event,
                forge=self._forge,
                delivery=delivery.id,
                received_at=self._now(),
            )
        except InvalidInput as error:
            return refusal(HTTPStatus.BAD_REQUEST, str(error))
        try:
            return _receipt(await self._submit_event.submit(event), event)
        except QueueUnavailable as error:
            return _unavailable(error, event)
        except InvalidInput as error:  # the queue's file was replaced by something else while the gateway ran
            return _unavailable(QueueUnavailable(f"the queue cannot be used: {error}"), event)


def refusal(status: HTTPStatus, problem: str) -> Answer:
    """The answer to a delivery that cannot be taken as it is."""
    return Answer(status, Result.REFUSED, {"error": problem})


def _problem(delivery: Delivery) -> str | None:
    """What is wrong with the headers, or None."""
    if not delivery.event:
        return "the X-GitHub-Event header is missing"
    if delivery.content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        return "the payload comes as a form; set the webhook's content type to application/json"
    return None


def _receipt(receipt: Receipt, event: IssueEvent) -> Answer:
    match receipt:
        case Queued(task_id):
            return Answer(HTTPStatus.ACCEPTED, Result.QUEUED, {"task": task_id}, event=event)
        case CancelRequested(issue):
            return Answer(HTTPStatus.ACCEPTED, Result.CANCELLED, {"cancelled": str(issue)}, event=event)
        case Ignored(reason):
            return _ignored(reason, event)


def _ignored(reason: str, event: IssueEvent | None = None) -> Answer:
    return Answer(HTTPStatus.OK, Result.IGNORED, {"ignored": reason}, event=event)


def _unavailable(error: QueueUnavailable, event: IssueEvent) -> Answer:
    wait = error.retry_after
    seconds = max(1, round(wait.total_seconds())) if wait else RETRY_AFTER_SECONDS
    content = {"error": str(error)}
    headers = {"Retry-After": str(seconds)}
    return Answer(HTTPStatus.SERVICE_UNAVAILABLE, Result.UNAVAILABLE, content, headers, event)
