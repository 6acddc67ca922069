"""From a task to JSON and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import msgspec

from adapters.task_json.wire import VERSION, WireAsking, WireAttempt, WireRepository, WireTask, WireThread, WireVersion
from application.ports.task_codec import TaskCodec
from domain.errors import InvalidInput
from domain.repository import RepositoryRef
from domain.task import Asking, Attempt, Task, Thread

if TYPE_CHECKING:
    from datetime import datetime

MAX_BYTES = 1024 * 1024
"""Several times the longest issue that a forge accepts (65,536 characters), written in the longest possible way."""

_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class TaskJson(TaskCodec):
    """JSON in UTF-8 with the schema's version as its first field; times are RFC 3339 in UTC.

    Fields that this version does not know are passed over, so that an older worker reads what a newer gateway of the
    same schema version wrote. What the schema version before this one wrote is read, too, and becomes a task of this
    one: workers are upgraded first, then gateways, and what waits meanwhile is not lost. Neither side carries more than
    `max_bytes`.
    """

    def __init__(self, max_bytes: int = MAX_BYTES, *, version: int = VERSION) -> None:
        self._max_bytes = max_bytes
        self._version = version

    def encode(self, task: Task) -> bytes:
        """The task as JSON; raises `InvalidInput` for one too large, of another schema version, or not plain text."""
        if task.version != self._version:
            raise self._unknown(task.version)
        try:
            data = msgspec.json.encode(_to_wire(task))
        except UnicodeEncodeError as error:
            message = "the task cannot be written as JSON: it holds half a character (a lone surrogate)"
            raise InvalidInput(message) from error
        self._check_size(data)
        return data

    def decode(self, data: bytes) -> Task:
        """The task in the JSON; raises `InvalidInput` where there is none that this version can read."""
        self._check_size(data)
        try:
            version = msgspec.json.decode(data, type=WireVersion).version
            if version not in {self._version, max(1, self._version - 1)}:
                raise self._unknown(version)
            return replace(_from_wire(msgspec.json.decode(data, type=WireTask)), version=self._version)
        except _NOT_JSON as error:
            message = f"these bytes are no task: {error}"
            raise InvalidInput(message) from error

    def _unknown(self, version: int) -> InvalidInput:
        before = f"and reads version {self._version - 1}, too" if self._version > 1 else "only"
        return InvalidInput(
            f"the task has schema version {version}, and this release reads and writes version {self._version} {before}"
        )

    def _check_size(self, data: bytes) -> None:
        if len(data) > self._max_bytes:
            message = f"the task takes {len(data):,} bytes, and the queue carries at most {self._max_bytes:,}"
            raise InvalidInput(message)


def _to_wire(task: Task) -> WireTask:
    repository = task.repository
    return WireTask(
        version=task.version,
        id=task.id,
        kind=task.kind,
        repository=WireRepository(repository.forge, repository.id, repository.full_name),
        issue_number=task.issue_number,
        asked_by=task.asked_by,
        asked_at=_utc(task.asked_at),
        title=task.title,
        body=task.body,
        command=task.command,
        thread=WireThread(task.thread.branch, task.thread.plan_digest) if task.thread else None,
        history=tuple(WireAttempt(_utc(attempt.at), attempt.reason) for attempt in task.history),
        delivery=task.delivery,
        by_operator=task.by_operator,
        asked_in=_asking_to_wire(task.asked_in),
        traceparent=task.traceparent,
    )


def _from_wire(wire: WireTask) -> Task:
    repository = wire.repository
    return Task(
        id=wire.id,
        kind=wire.kind,
        repository=RepositoryRef(repository.forge, repository.id, repository.full_name),
        issue_number=wire.issue_number,
        asked_by=wire.asked_by,
        asked_at=_utc(wire.asked_at),
        title=wire.title,
        body=wire.body,
        command=wire.command,
        thread=Thread(wire.thread.branch, wire.thread.plan_digest) if wire.thread else None,
        history=tuple(Attempt(_utc(attempt.at), attempt.reason) for attempt in wire.history),
        delivery=wire.delivery,
        by_operator=wire.by_operator,
        asked_in=_asking_from_wire(wire.asked_in),
        traceparent=wire.traceparent,
        version=wire.version,
    )


def _asking_to_wire(asked: Asking | None) -> WireAsking | None:
    return WireAsking(asked.number, asked.comment_id, asked.review_id, asked.on_pull_request) if asked else None


def _asking_from_wire(asked: WireAsking | None) -> Asking | None:
    return Asking(asked.number, asked.comment_id, asked.review_id, asked.on_pull_request) if asked else None


def _utc(moment: datetime) -> datetime:
    """The same moment in UTC; one without a zone, or beyond the calendar, names no moment at all."""
    if moment.tzinfo is None:
        message = f"the time {moment.isoformat()} has no zone"
        raise InvalidInput(message)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        message = f"the time {moment.isoformat()} is beyond the calendar"
        raise InvalidInput(message) from error
