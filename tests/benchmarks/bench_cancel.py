"""How soon a worker stops that is told to, in the middle of a model's answer, over a real broker.

    python -m tests.benchmarks.bench_cancel [--rounds 30] [--json]

Gateway and worker are processes of their own, the model's server begins an answer and falls silent. An issue is
labelled, and closed once the model was asked; measured is the time from the gateway's answer to the webhook about the
closing until the worker's log says that the attempt has ended, the words on the issue included.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from entrypoints.cli.child_process import started
from tests.benchmarks.figures import Report, percentile, show
from tests.chaos.scene import OWNER, make_issues
from tests.e2e.test_two_processes import logged
from tests.support import model_server_ollama as ollama
from tests.support import rabbit
from tests.support.broker import running_broker
from tests.support.installation import SECRET, Installation
from tests.support.model_server_double import model_server
from tests.support.model_server_steps import HUNG
from tests.support.webhooks import IssueFacts, issue_webhook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.issue import IssueKey
    from entrypoints.cli.child_process import ChildProcess
    from infra.composition import Parts

AIM_SECONDS = 5.0


async def measure(rounds: int, folder: Path) -> list[float]:
    """Seconds, one for each round."""
    with running_broker() as broker:
        async with model_server(ollama.part("Let me think", then=HUNG), looks=ollama.known()) as model:
            settings = {**rabbit.settings_for(broker), "LLM": "ollama", "OLLAMA_URL": model.url}
            installation = Installation(folder, settings)
            async with (
                installation.parts() as parts,
                started("gateway", installation.environment, folder) as gateway,
            ):
                await parts.queue_admin().set_up()
                issues = make_issues(parts, folder, rounds)
                url = f"http://127.0.0.1:{(await logged(gateway, 'listening'))['port']}"
                async with started("worker", installation.environment, folder) as worker:
                    return [await _seconds(parts, issue, url, worker) for issue in issues]


async def _seconds(parts: Parts, issue: IssueKey, url: str, worker: ChildProcess) -> float:
    await _deliver(url, issue, "labeled")
    await logged(worker, "model_asked")
    await asyncio.to_thread(parts.local_forge_admin().close_issue, issue)
    await _deliver(url, issue, "closed")
    began = time.monotonic()
    ended = await logged(worker, "attempt_ended")
    if ended["outcome"] != "Cancelled":
        message = f"{issue} was not cancelled: {ended}"
        raise RuntimeError(message)
    return time.monotonic() - began


async def _deliver(url: str, issue: IssueKey, action: str) -> None:
    facts = IssueFacts(
        action=action,
        number=issue.number,
        repository=issue.repository.full_name,
        repository_id=issue.repository.id,
        sender=OWNER,
        state="closed" if action == "closed" else "open",
    )
    webhook = issue_webhook(facts, secret=SECRET.reveal())
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answer = await client.post(f"{url}/webhook/github", content=webhook.body, headers=dict(webhook.headers))
    answer.raise_for_status()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        ordered = sorted(asyncio.run(measure(options.rounds, Path(name))))
    figures = {f"{percent}th percentile, s": round(percentile(ordered, percent), 3) for percent in (50, 95, 100)}
    met = percentile(ordered, 95) <= AIM_SECONDS
    show(
        Report(
            f"From the closing to the stop, {options.rounds} rounds",
            ("", "s"),
            [(name, f"{value:.3f}") for name, value in figures.items()],
            {"benchmark": "cancel", **figures},
            f"Aim: 95th percentile at most {AIM_SECONDS:g} s: {'met' if met else 'not met'}.",
        ),
        as_json=options.json,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
