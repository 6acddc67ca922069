"""`coding-agent reconcile`: find on the forge what no webhook has told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from entrypoints.cli.answers import Answer, answer, require_listed_repositories, require_shared_queue
from entrypoints.cli.duration import Duration
from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.json_command import JsonCommand, as_json_option

if TYPE_CHECKING:
    from application.use_cases.reconcile import Reconciled
    from infra.composition import Parts
    from infra.settings import Settings

_SECONDS_A_DAY = 86_400


@click.command(cls=JsonCommand)
@click.option(
    "--since",
    "since_seconds",
    type=Duration(),
    metavar="TIME",
    help="How far to look back, such as 12h or 30d.  [default: RECONCILE_DAYS]",
)
@as_json_option
def reconcile(*, since_seconds: float | None, as_json: bool) -> None:
    """Queue the requests on the forge that have neither a task nor a result.

    It looks at the repositories that ALLOWED_REPOSITORIES lists as OWNER/NAME: at labels and assignments on open
    issues, at commands, answers and reviews, and whether the agent has answered. What a webhook has queued before is
    not queued again. A worker does the same by itself every RECONCILE_SECONDS, so this is for a schedule of your own,
    or for after an outage.
    """

    async def work(parts: Parts, settings: Settings) -> Answer:
        require_shared_queue(settings)
        require_listed_repositories(settings)
        return _answer(await parts.reconcile().look())

    instead = {} if since_seconds is None else {"reconcile_days": since_seconds / _SECONDS_A_DAY}
    answer(work, as_json=as_json, **instead)


def _answer(result: Reconciled) -> Answer:
    return Answer(_text(result), {"outcome": "reconciled", **_facts(result)}, _code(result))


def _code(result: Reconciled) -> ExitCode:
    """What is away may come back; what does not exist has to be corrected."""
    if any(trouble.passing for trouble in result.troubles):
        return ExitCode.TRANSIENT
    return ExitCode.USAGE if result.troubles else ExitCode.DONE


def _text(result: Reconciled) -> str:
    lines = [
        f"Queued: {found.issue}, {found.action} by {found.by}, task {found.task_id[:12]}" for found in result.published
    ]
    lines += [f"Not read: {trouble.repository}: {trouble.reason}" for trouble in result.troubles]
    if result.owners:
        listed = ", ".join(result.owners)
        lines.append(f"Not looked at: {listed}. List their repositories as owner/name in ALLOWED_REPOSITORIES.")
    if result.postponed:
        lines.append(f"Left for the next time: {result.postponed}. Tasks are due, and may be theirs already.")
    lines.append(f"{len(result.published)} queued, {result.waiting} known to the queue already.")
    return "\n".join(lines)


def _facts(result: Reconciled) -> dict[str, object]:
    return {
        "repositories": result.repositories,
        "queued": [
            {
                "repository": str(found.issue.repository),
                "issue": found.issue.number,
                "task": found.task_id,
                "action": found.action,
                "by": found.by,
            }
            for found in result.published
        ],
        "known": result.waiting,
        "postponed": result.postponed,
        "not_read": [{"repository": trouble.repository, "reason": trouble.reason} for trouble in result.troubles],
        "owners_not_looked_at": result.owners,
    }


commands = {"reconcile": reconcile}
