"""Thousands of tasks while everything breaks: nothing may be lost, done twice, or left unfinished.

    python -m tests.chaos.run [--tasks 2000] [--workers 4] [--seed 1] [--kill-seconds 5]
        [--cut-seconds 8] [--json] [--keep FOLDER]

A private RabbitMQ, a gateway and workers in processes of their own, the local forge with real git, the scripted model.
Signed webhooks ask for each task and are sent again while the gateway answers 503. Meanwhile workers are killed by
SIGKILL and replaced, every connection to the broker is cut again and again (it goes through a proxy), the broker is
killed and restarted three times, and people close a share of the issues. Then it is quiet until no task waits, and the
forge is inspected. How far it is stands on the standard error, a line every ten seconds. Ends with 1 where anything is
wrong. docs/RELIABILITY.md has the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import QueueUnavailable
from entrypoints.cli.child_process import started
from tests.benchmarks.figures import Report, show
from tests.chaos.scene import Crowd, make_issues
from tests.chaos.trouble import Trouble, Workers
from tests.chaos.verdict import inspect
from tests.e2e.test_two_processes import logged
from tests.support.broker import private_broker
from tests.support.installation import Installation
from tests.support.proxy import proxy_to

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from application.ports.queue_admin import QueueAdmin, QueueStatus
    from domain.issue import IssueKey
    from infra.composition import Parts
    from tests.chaos.scene import Tally
    from tests.chaos.trouble import Damage
    from tests.chaos.verdict import Verdict

CANCEL_SHARE = 0.05
RESTARTS = 3
_LOOK_SECONDS = 2.0
_TELL_SECONDS = 10.0


@dataclass
class Outcome:
    """A whole run."""

    verdict: Verdict
    damage: Damage
    tally: Tally
    seconds: float
    dead: int
    seed: int
    tasks: int


async def run(options: argparse.Namespace, folder: Path) -> Outcome:
    """Set everything up, break it, wait until it is quiet, and look."""
    with private_broker() as (broker, control):
        async with proxy_to(broker.host, broker.amqp) as proxy:
            through = f"amqp://guest:guest@127.0.0.1:{proxy.port}/"
            direct = _installation(folder, broker.url)
            async with direct.parts() as parts:
                await parts.queue_admin().set_up()
                issues = make_issues(parts, folder, options.tasks)
                workers = Workers(options.workers, _installation(folder, through).environment, folder)
                chance = random.Random(options.seed)  # noqa: S311 - to be repeated, not to be secret
                trouble = Trouble(workers, proxy, control, chance)
                return await _through_it(options, _installation(folder, through), parts, issues, workers, trouble)


async def _through_it(
    options: argparse.Namespace,
    installation: Installation,
    parts: Parts,
    issues: list[IssueKey],
    workers: Workers,
    trouble: Trouble,
) -> Outcome:
    began = time.monotonic()
    async with started("gateway", installation.environment, installation.folder) as gateway, workers.kept():
        url = f"http://127.0.0.1:{(await logged(gateway, 'listening'))['port']}"
        crowd = Crowd(url, parts, random.Random(options.seed), CANCEL_SHARE)  # noqa: S311 - see above
        async with _telling(parts.queue_admin(), len(issues), crowd, trouble), _breaking(trouble, options):
            asking = asyncio.create_task(crowd.ask(issues, within_seconds=len(issues) / 10))
            await _restart_on_the_way(parts.queue_admin(), len(issues), crowd, trouble)
            await asking
            await _quiet(parts.queue_admin(), len(issues) // 20)
        print("quiet from here on", file=sys.stderr, flush=True)  # noqa: T201 - for whoever waits
        await _quiet(parts.queue_admin(), 0)
    status = await parts.queue_admin().status()
    verdict = await inspect(parts, issues)
    seconds = time.monotonic() - began
    return Outcome(verdict, trouble.damage, crowd.tally, seconds, status.dead, options.seed, len(issues))


def _installation(folder: Path, url: str) -> Installation:
    return Installation(
        folder,
        {
            "QUEUE": "rabbitmq",
            "RABBITMQ_URL": url,
            "RABBITMQ_HEARTBEAT_SECONDS": "5",
            "SCRIPT_PATH": str(folder / "answer.md"),
            "LOG_LEVEL": "info",
        },
    )


@asynccontextmanager
async def _telling(admin: QueueAdmin, tasks: int, crowd: Crowd, trouble: Trouble) -> AsyncIterator[None]:
    """Say every few seconds how far it is."""
    telling = asyncio.create_task(_tell(admin, tasks, crowd, trouble))
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def _tell(admin: QueueAdmin, tasks: int, crowd: Crowd, trouble: Trouble) -> None:
    began = time.monotonic()
    while True:
        waiting, damage = _waiting(await _status(admin)), trouble.damage
        print(  # noqa: T201 - for whoever waits
            f"{time.monotonic() - began:5.0f} s: {crowd.tally.accepted} of {tasks} asked for, {waiting} not through; "
            f"{damage.kills} kills, {damage.cuts} cuts, {damage.restarts} restarts",
            file=sys.stderr,
            flush=True,
        )
        await asyncio.sleep(_TELL_SECONDS)


@asynccontextmanager
async def _breaking(trouble: Trouble, options: argparse.Namespace) -> AsyncIterator[None]:
    making = asyncio.create_task(trouble.make(options.kill_seconds, options.cut_seconds))
    try:
        yield
    finally:
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)


async def _restart_on_the_way(admin: QueueAdmin, tasks: int, crowd: Crowd, trouble: Trouble) -> None:
    """Restart the broker when a quarter, a half and three quarters of the tasks are through."""
    for number in range(1, RESTARTS + 1):
        while crowd.tally.accepted - _waiting(await _status(admin)) < tasks * number / (RESTARTS + 1):  # noqa: ASYNC110 - the broker tells nobody
            await asyncio.sleep(_LOOK_SECONDS)
        await trouble.restart_broker()


async def _quiet(admin: QueueAdmin, waiting: int) -> None:
    """Return when no more than so many tasks are left."""
    while _waiting(await _status(admin)) > waiting:  # noqa: ASYNC110 - the broker tells nobody
        await asyncio.sleep(_LOOK_SECONDS)


async def _status(admin: QueueAdmin) -> QueueStatus:
    while True:
        with suppress(QueueUnavailable):
            return await admin.status()
        await asyncio.sleep(_LOOK_SECONDS)


def _waiting(status: QueueStatus) -> int:
    return status.due + status.delayed + status.held


def report(outcome: Outcome) -> Report:
    """The figures, and what is wrong."""
    verdict, damage = outcome.verdict, outcome.damage
    figures = {
        "tasks": outcome.tasks,
        "seed": outcome.seed,
        "seconds": round(outcome.seconds),
        "workers killed": damage.kills,
        "times all connections were cut": damage.cuts,
        "broker restarts": damage.restarts,
        "webhooks answered 503 and sent again": outcome.tally.unavailable,
        "issues closed by people": len(outcome.tally.cancelled),
        **{f"ended: {end}": count for end, count in sorted(verdict.ends.items())},
        "dead letters": outcome.dead,
        "lost": len(verdict.lost),
        "doubled": len(verdict.doubled),
        "unfinished": len(verdict.unfinished),
    }
    wrong = "\n".join([*verdict.lost, *verdict.doubled, *verdict.unfinished][:50])
    rows = [(name, str(value)) for name, value in figures.items()]
    return Report("Chaos", ("", "figure"), rows, {"benchmark": "chaos", **figures}, wrong)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kill-seconds", type=float, default=5.0, help="between two kills, on average")
    parser.add_argument("--cut-seconds", type=float, default=8.0, help="between two cuts, on average")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")
    parser.add_argument("--keep", type=Path, help="work in this new folder, and leave it behind")
    options = parser.parse_args(arguments)
    for chatty in ("aiormq", "aio_pika"):  # of connections that break there is no end here
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    if options.keep:
        options.keep.mkdir(parents=True)
        outcome = asyncio.run(run(options, options.keep.resolve()))
    else:
        with tempfile.TemporaryDirectory() as name:
            outcome = asyncio.run(run(options, Path(name)))
    show(report(outcome), as_json=options.json)
    return 0 if outcome.verdict.clean else 1


if __name__ == "__main__":
    sys.exit(main())
