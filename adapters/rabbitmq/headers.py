"""What stands beside a task in its message."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
from aio_pika import DeliveryMode, Message

from adapters.rabbitmq.forgiving import UNREADABLE
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aio_pika.abc import AbstractIncomingMessage, HeadersType

    from domain.task import Task

_Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
_MILLION = 1_000_000
LATEST = 253_402_300_799 * _MILLION
"""The last second of the year 9999, in microseconds since 1970: no time is later."""
_Time = Annotated[int, msgspec.Meta(ge=0, le=LATEST)]
_LONGEST_HEADER = 1_000
_MOST_HEADERS = 20
_COUNTED = {"attempt", "stamp", "retries", "redeliveries", "due"}


class _Wire(msgspec.Struct, rename=lambda name: name.replace("_", "-")):
    """The headers as they come; what is missing has its default, and what is unknown is passed over."""

    retries: _Count = 0
    redeliveries: _Count = 0
    stamp: _Time = 0
    due: _Time = 0
    x_delivery_count: _Count = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How a task stands in the queue.

    `redeliveries` counts those before this message was made anew as well as this message's own. `stamp` orders the
    publication of tasks and the wishes to cancel them: microseconds since 1970, each larger than the one before. `due`
    is when the task may be taken, in microseconds since 1970; 0 is at once.
    """

    retries: int = 0
    redeliveries: int = 0
    stamp: int = 0
    due: int = 0

    @property
    def attempt(self) -> int:
        """Which attempt is next, or present, from 1."""
        return 1 + self.retries + self.redeliveries

    def once_more(self, due: datetime) -> Counts:
        """After an attempt that asked to be tried again at `due`."""
        return replace(self, retries=self.retries + 1, due=microseconds(due))


def counts_of(message: AbstractIncomingMessage, *, given_up_after: int = 0) -> Counts:
    """The counts of a message that was delivered; `given_up_after` deliveries elsewhere count besides.

    Raises `InvalidInput` for headers that no release of the agent writes.
    """
    if UNREADABLE in message.headers:
        unreadable = f"the message's properties cannot be read: {message.headers[UNREADABLE]!r}"
        raise InvalidInput(unreadable)
    try:
        wire = msgspec.convert(dict(message.headers), _Wire, strict=False)
    except msgspec.ValidationError as error:
        message_ = f"the message's headers cannot be read: {error}"
        raise InvalidInput(message_) from error
    return Counts(
        retries=wire.retries,
        redeliveries=wire.redeliveries + wire.x_delivery_count + given_up_after,
        stamp=wire.stamp,
        due=wire.due,
    )


def message_of(task: Task, body: bytes, counts: Counts) -> Message:
    """The message that carries a task."""
    return Message(
        body,
        headers={**_about(task), **_counted(counts)},
        content_type="application/json",
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=task.id,
        timestamp=datetime.now(UTC),
        type=task.kind.value,
        app_id="coding-agent",
    )


def same_again(
    message: AbstractIncomingMessage, counts: Counts, more: Mapping[str, str | int] | None = None
) -> Message:
    """The message once more with these counts, without what the broker has written upon it.

    All headers must fit into one frame, or the broker ends the connection: of a stranger's not everything is kept.
    """
    return Message(
        message.body,
        headers={**_kept(message), **_counted(counts), **(more or {})},
        content_type=message.content_type,
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=message.message_id,
        timestamp=message.timestamp,
        type=message.type,
        app_id=message.app_id,
    )


def _kept(message: AbstractIncomingMessage) -> HeadersType:
    kept: HeadersType = {
        name: value
        for name, value in message.headers.items()
        if not name.startswith("x-") and name not in _COUNTED and _is_small(value)
    }
    return dict(list(kept.items())[:_MOST_HEADERS])


def _is_small(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and len(value) <= _LONGEST_HEADER)


def microseconds(moment: datetime) -> int:
    """Since 1970."""
    return round(moment.timestamp() * _MILLION)


def moment(microseconds_: int) -> datetime:
    """The moment so long after 1970, in UTC."""
    return datetime.fromtimestamp(microseconds_ / _MILLION, UTC)


def _about(task: Task) -> dict[str, str]:
    """For whoever looks at the queue: nothing here is read again."""
    return {
        "issue": str(task.issue),
        "asked-by": task.asked_by,
        "delivery": task.delivery,
        **({"traceparent": task.traceparent} if task.traceparent else {}),
    }


def _counted(counts: Counts) -> dict[str, int]:
    """All but what is 0: most tasks are published once, and each header costs the gateway time."""
    optional = {"retries": counts.retries, "redeliveries": counts.redeliveries, "due": counts.due}
    return {"attempt": counts.attempt, "stamp": counts.stamp, **{name: n for name, n in optional.items() if n}}
