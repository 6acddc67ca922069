"""`coding-agent topology`: what the queue consists of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from entrypoints.cli.answers import Answer, answer
from entrypoints.cli.json_command import JsonCommand, as_json_option

if TYPE_CHECKING:
    from infra.composition import Parts
    from infra.settings import Settings


@click.group()
def topology() -> None:
    """Make the queues that the agent needs on its broker, or see whether they will do.

    Gateway and worker make none by themselves: whoever may declare queues does it once, and again after an upgrade
    that says so. With the embedded queue there is nothing to do.
    """


@topology.command(cls=JsonCommand)
@as_json_option
def apply(*, as_json: bool) -> None:
    """Make the queues that are missing. One that exists with other arguments is an error that says what differs.

    \b
    Example:
      QUEUE=rabbitmq RABBITMQ_URL=amqp://user:password@host/ coding-agent topology apply
    """  # noqa: D301 - click reads the mark
    answer(_apply, as_json=as_json)


@topology.command(cls=JsonCommand)
@as_json_option
def check(*, as_json: bool) -> None:
    """Change nothing, and fail where a queue is missing or differs. Gateway and worker do the same when they start."""
    answer(_check, as_json=as_json)


async def _apply(parts: Parts, settings: Settings) -> Answer:
    admin = parts.queue_admin()
    await admin.set_up()
    await admin.check()
    return Answer(f"The queue `{_name(settings)}` is set up.", {"outcome": "applied", "queue": _name(settings)})


async def _check(parts: Parts, settings: Settings) -> Answer:
    await parts.queue_admin().check()
    return Answer(f"The queue `{_name(settings)}` is as it should be.", {"outcome": "ok", "queue": _name(settings)})


def _name(settings: Settings) -> str:
    return settings.queue_name if settings.queue == "rabbitmq" else settings.queue


commands = {"topology": topology}
