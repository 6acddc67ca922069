"""The shape of a task on the wire, version 1.

A field may be added as long as it has a default; anything else is a new version.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from domain.task import TaskKind  # noqa: TC001 - msgspec reads the annotations when it decodes

VERSION = 1

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""RFC 3339 with its zone."""


class WireVersion(msgspec.Struct):
    """All that is read of a task before it is known whether the rest can be."""

    version: int


class WireRepository(msgspec.Struct):
    """Which repository."""

    forge: str
    id: int
    full_name: str


class WireThread(msgspec.Struct, omit_defaults=True):
    """The conversation that the task goes on with."""

    branch: str
    plan_digest: str = ""


class WireAsking(msgspec.Struct, omit_defaults=True):
    """Where a person asked in words."""

    number: int
    comment_id: int = 0
    review_id: int = 0
    on_pull_request: bool = False


class WireAttempt(msgspec.Struct):
    """An earlier attempt."""

    at: Moment
    reason: str


class WireTask(msgspec.Struct, omit_defaults=True):
    """A task; the fields are written in this order, the version first."""

    version: int
    id: str
    kind: TaskKind
    repository: WireRepository
    issue_number: int
    asked_by: str
    asked_at: Moment
    title: str
    body: str
    command: str = ""
    thread: WireThread | None = None
    history: tuple[WireAttempt, ...] = ()
    delivery: str = ""
    by_operator: bool = False
    asked_in: WireAsking | None = None
    traceparent: str = ""
