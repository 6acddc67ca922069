"""`coding-agent enqueue`: queue the work on an issue, without a label and without a webhook."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from domain.task import Mode
from entrypoints.cli.answers import Answer, answer, require_shared_queue
from entrypoints.cli.json_command import JsonCommand, as_json_option

if TYPE_CHECKING:
    from infra.composition import Parts
    from infra.settings import Settings


@click.command(cls=JsonCommand)
@click.option("--repo", required=True, metavar="OWNER/NAME", help="The repository; it must be served.")
@click.option("--issue", "number", required=True, type=click.IntRange(min=1), metavar="N", help="The issue's number.")
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    help="What is to be made of it.  [default: as its labels or DEFAULT_MODE say when it is taken]",
)
@click.option("--as", "operator", metavar="NAME", help="Who asks.  [default: your login on this machine]")
@as_json_option
def enqueue(*, repo: str, number: int, mode: str | None, operator: str | None, as_json: bool) -> None:
    """Queue the work on an issue as it is now on the forge.

    Whoever can run this has the queue's credentials, and so an operator's authority: the forge is not asked whether
    they may. The issue's status comment and the pull request name them. Each call is a request of its own; if a pull
    request about the issue is open, the agent says so and does nothing.

    \b
    Example:
      coding-agent enqueue --repo acme/shop --issue 12 --mode plan
    """  # noqa: D301 - click reads the mark

    async def work(parts: Parts, settings: Settings) -> Answer:
        require_shared_queue(settings)
        asker = operator or getpass.getuser()
        task = await parts.enqueue_issue().enqueue(repo, number, mode=Mode(mode) if mode else None, operator=asker)
        return Answer(
            f"Queued: {task.issue}, task {task.id[:12]}, asked by {task.asked_by}.",
            {"outcome": "queued", "task": task.id, "repository": str(task.repository), "issue": number},
        )

    answer(work, as_json=as_json)


commands = {"enqueue": enqueue}
