"""`coding-agent queue`, `pause` and `resume`: what an operator does with the queue."""

from __future__ import annotations

import getpass
import socket
from typing import TYPE_CHECKING

import click

from domain.errors import InvalidInput, NotFound
from entrypoints.cli import queue_output as output
from entrypoints.cli.answers import Answer, answer, require_shared_queue
from entrypoints.cli.json_command import JsonCommand, as_json_option

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from application.ports.queue_admin import DeadLetter, QueueAdmin
    from infra.composition import Parts
    from infra.settings import Settings


@click.group()
def queue() -> None:
    """Look into the queue, and mend it.

    \b
    How much there is to do:           coding-agent queue status
    What failed for good, and why:     coding-agent queue dead list
    Everything about one of them:      coding-agent queue dead show ID
    Once the cause is mended:          coding-agent queue dead retry ID
    """  # noqa: D301 - click reads the mark


@queue.command(cls=JsonCommand, short_help="Count the tasks.")
@as_json_option
def status(*, as_json: bool) -> None:
    """Count the tasks: due, delayed, held by a worker, dead; say whether the queue is paused."""
    _answer(_status, as_json=as_json)


@queue.command(cls=JsonCommand)
@click.option("--yes", is_flag=True, help="Do it. Without this, only the number of tasks is said.")
@as_json_option
def purge(*, yes: bool, as_json: bool) -> None:
    """Throw away all tasks that wait, due or delayed.

    Nothing is said on their issues. Tasks in hand and dead ones stay. An issue that still carries the trigger label
    may be found again by `coding-agent reconcile`: take the label off where that is not wanted.
    """

    async def work(admin: QueueAdmin, _: Settings) -> Answer:
        if not yes:
            found = await admin.status()
            message = f"{output.counted(found.due + found.delayed)} would be thrown away for good. If so, add --yes."
            raise InvalidInput(message)
        purged = await admin.purge()
        return Answer(f"{output.counted(purged)} thrown away.", {"outcome": "purged", "purged": purged})

    _answer(work, as_json=as_json)


@queue.group(short_help="The tasks that were set aside.")
def dead() -> None:
    """List, show, bring back or drop the tasks that were set aside.

    A task is set aside when it failed for good, or too often. Its issue says so, too. An ID may be shortened as long
    as only one task's begins like that.
    """


@dead.command("list", cls=JsonCommand)
@as_json_option
def dead_list(*, as_json: bool) -> None:
    """List them, the longest dead first."""

    async def work(admin: QueueAdmin, _: Settings) -> Answer:
        letters = await admin.dead()
        text = "\n".join(output.line(letter) for letter in letters) or "No task is set aside."
        return Answer(text, {"outcome": "done", "dead": [output.facts(letter) for letter in letters]})

    _answer(work, as_json=as_json)


@dead.command("show", cls=JsonCommand)
@click.argument("task_id", metavar="ID")
@as_json_option
def dead_show(task_id: str, *, as_json: bool) -> None:
    """Show one: the request, why it failed, and what was tried before."""

    async def work(admin: QueueAdmin, _: Settings) -> Answer:
        letter = _chosen(await admin.dead(), task_id)
        return Answer(output.page(letter), {"outcome": "done", **output.facts(letter)})

    _answer(work, as_json=as_json)


@dead.command("retry", cls=JsonCommand, short_help="Put one back into the queue, or all.")
@click.argument("task_id", metavar="[ID]", default="")
@click.option("--all", "everything", is_flag=True, help="Bring back every task that was set aside.")
@as_json_option
def dead_retry(task_id: str, *, everything: bool, as_json: bool) -> None:
    """Put one back into the queue, or all; attempts are counted from 1 again."""

    async def work(admin: QueueAdmin, _: Settings) -> Answer:
        if bool(task_id) == everything:
            message = "Say which: either an ID (`coding-agent queue dead list` has them) or --all."
            raise InvalidInput(message)
        if everything:
            count = await admin.redrive_all()
            return Answer(f"{output.counted(count)} back in the queue.", {"outcome": "retried", "retried": count})
        letter = _chosen(await admin.dead(), task_id)
        await admin.redrive(letter.task_id)
        return Answer(
            f"Back in the queue: {output.name(letter)}", {"outcome": "retried", "retried": 1, **output.facts(letter)}
        )

    _answer(work, as_json=as_json)


@dead.command("drop", cls=JsonCommand)
@click.argument("task_id", metavar="ID")
@as_json_option
def dead_drop(task_id: str, *, as_json: bool) -> None:
    """Forget one for good; what its issue says stays."""

    async def work(admin: QueueAdmin, _: Settings) -> Answer:
        letter = _chosen(await admin.dead(), task_id)
        await admin.drop(letter.task_id)
        return Answer(f"Dropped: {output.name(letter)}", {"outcome": "dropped", **output.facts(letter)})

    _answer(work, as_json=as_json)


@click.command(cls=JsonCommand)
@as_json_option
def pause(*, as_json: bool) -> None:
    """Let no worker take a task, anywhere, until `coding-agent resume`.

    Webhooks are still taken, and their tasks kept. Tasks in hand are finished. The pause survives restarts.
    """

    async def work(admin: QueueAdmin, settings: Settings) -> Answer:
        await admin.pause(f"{getpass.getuser()}@{socket.gethostname()}")
        return await _status(admin, settings)

    _answer(work, as_json=as_json)


@click.command(cls=JsonCommand)
@as_json_option
def resume(*, as_json: bool) -> None:
    """End the pause: workers take tasks again."""

    async def work(admin: QueueAdmin, settings: Settings) -> Answer:
        await admin.resume()
        return await _status(admin, settings)

    _answer(work, as_json=as_json)


def _answer(work: Callable[[QueueAdmin, Settings], Awaitable[Answer]], *, as_json: bool) -> None:
    async def with_queue(parts: Parts, settings: Settings) -> Answer:
        require_shared_queue(settings)
        return await work(parts.queue_admin(), settings)

    answer(with_queue, as_json=as_json)


async def _status(admin: QueueAdmin, settings: Settings) -> Answer:
    return output.status_answer(await admin.status(), _where(settings))


def _where(settings: Settings) -> str:
    """Which queue this is: one may be in another folder, or have other settings, than one believes."""
    lies = settings.sqlite_path.absolute() if settings.queue == "sqlite" else settings.queue_name
    return f"{settings.queue}, {lies}"


def _chosen(letters: Sequence[DeadLetter], beginning: str) -> DeadLetter:
    """The one dead task whose id begins like that."""
    found = [letter for letter in letters if letter.task_id.startswith(beginning)]
    if not found:
        message = f"No dead task has an id that begins with {beginning}; `coding-agent queue dead list` has them all."
        raise NotFound(message)
    if len(found) > 1:
        message = f"{len(found)} dead tasks have ids that begin with {beginning}: give more of the id."
        raise InvalidInput(message)
    return found[0]


commands = {"queue": queue, "pause": pause, "resume": resume}
