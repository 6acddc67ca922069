"""What stands beside a task in its message."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeGuard

import msgspec

from adapters.rabbitmq.forgiving import UNREADABLE
from adapters.rabbitmq.frames import Outgoing
from domain.conversation import NOTHING_SPENT, Spend
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aio_pika.abc import AbstractIncomingMessage

    from adapters.rabbitmq.frames import HeaderValue
    from domain.task import Task

_Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
_MILLION = 1_000_000
LATEST = 253_402_300_799 * _MILLION
"""The last second of the year 9999, in microseconds since 1970: no time is later."""
_Time = Annotated[int, msgspec.Meta(ge=0, le=LATEST)]
_LONGEST_HEADER = 1_000
_LARGEST = 2**63
_MOST_HEADERS = 20
_COUNTED = {"attempt", "stamp", "retries", "redeliveries", "due", "spend"}
_Tokens = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
_Dollars = Annotated[float, msgspec.Meta(ge=0, le=10**9)]


class _WireSpend(msgspec.Struct, rename="kebab"):
    """A table within the headers; no cost in it is one that nobody knows.

    The cost is written as text: a header's number keeps seven digits of it.
    """

    input_tokens: _Tokens = 0
    output_tokens: _Tokens = 0
    cost_usd: _Dollars | None = None
    estimated: bool = False


class _Wire(msgspec.Struct, rename=lambda name: name.replace("_", "-")):
    """The headers as they come; what is missing has its default, and what is unknown is passed over."""

    retries: _Count = 0
    redeliveries: _Count = 0
    stamp: _Time = 0
    due: _Time = 0
    x_delivery_count: _Count = 0
    spend: _WireSpend | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How a task stands in the queue.

    `redeliveries` counts those before this message was made anew as well as this message's own. `stamp` orders the
    publication of tasks and the wishes to cancel them: microseconds since 1970, each larger than the one before. `due`
    is when the task may be taken, in microseconds since 1970; 0 is at once. `spent` is what all attempts have cost, as
    far as they said so.
    """

    retries: int = 0
    redeliveries: int = 0
    stamp: int = 0
    due: int = 0
    spent: Spend = NOTHING_SPENT

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
        spent=_spend(wire.spend),
    )


def spend_of(message: AbstractIncomingMessage) -> Spend:
    """What the task in a message has cost; nothing where a stranger has written what is no spend."""
    try:
        return _spend(msgspec.convert({"spend": message.headers.get("spend")}, _Wire, strict=False).spend)
    except msgspec.ValidationError:
        return NOTHING_SPENT


def _spend(wire: _WireSpend | None) -> Spend:
    return Spend(wire.input_tokens, wire.output_tokens, wire.cost_usd, wire.estimated) if wire else NOTHING_SPENT


def message_of(task: Task, body: bytes, counts: Counts) -> Outgoing:
    """The message that carries a task."""
    return Outgoing(
        body,
        task.id,
        headers={**_about(task), **_counted(counts)},
        content_type="application/json",
        timestamp=datetime.now(UTC),
        type=task.kind.value,
        app_id="coding-agent",
    )


def same_again(
    message: AbstractIncomingMessage, counts: Counts, more: Mapping[str, str | int] | None = None
) -> Outgoing:
    """The message once more with these counts, without what the broker has written upon it.

    All headers must fit into one frame, or the broker ends the connection: of a stranger's not everything is kept. One
    that has no id gets one.
    """
    return Outgoing(
        message.body,
        message.message_id or uuid.uuid4().hex,
        headers={**_kept(message), **_counted(counts), **(more or {})},
        content_type=message.content_type or "",
        timestamp=message.timestamp,
        type=message.type or "",
        app_id=message.app_id or "",
    )


def _kept(message: AbstractIncomingMessage) -> dict[str, HeaderValue]:
    kept: dict[str, HeaderValue] = {}
    for name, value in message.headers.items():
        if len(kept) < _MOST_HEADERS and not name.startswith("x-") and name not in _COUNTED and _is_small(value):
            kept[name] = value
    return kept


def _is_small(value: object) -> TypeGuard[int | str]:
    if isinstance(value, int):
        return -_LARGEST <= value < _LARGEST
    return isinstance(value, str) and len(value) <= _LONGEST_HEADER


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


def _counted(counts: Counts) -> dict[str, HeaderValue]:
    """All but what is 0: most tasks are published once, and each header costs the gateway time."""
    headers: dict[str, HeaderValue] = {"attempt": counts.attempt, "stamp": counts.stamp}
    optional = {"retries": counts.retries, "redeliveries": counts.redeliveries, "due": counts.due}
    headers.update({name: count for name, count in optional.items() if count})
    if counts.spent != NOTHING_SPENT:
        headers["spend"] = _spend_table(counts.spent)
    return headers


def _spend_table(spent: Spend) -> dict[str, HeaderValue]:
    table: dict[str, HeaderValue] = {
        "input-tokens": spent.input_tokens,
        "output-tokens": spent.output_tokens,
        "estimated": spent.estimated,
    }
    return table if spent.cost_usd is None else {**table, "cost-usd": str(spent.cost_usd)}
