"""Cold start and memory of each process type: from the command to the log line that says it is ready, and after a task.

    python -m tests.benchmarks.bench_start [--repeat 5] [--only gateway worker:ollama ...] [--json]

Each start is a process of its own; one of each comes first and is not counted, so that compiled modules and the disk's
cache are there, as on a machine that has run the agent before. The task is the demo's: a clone, a question to the model
(a server on this machine that answers with the stored text), a push, a pull request; for the gateway, one delivery.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from application.use_cases.submit_event import Queued
from entrypoints.cli import webhook
from entrypoints.gateway.payloads import read_issue_event
from tests.benchmarks.agent_process import agent_process
from tests.benchmarks.figures import SPREAD_COLUMNS, Report, show, spread
from tests.support import model_server_claude, model_server_ollama
from tests.support.installation import SECRET, Installation
from tests.support.model_server_double import model_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from domain.issue import IssueKey
    from tests.benchmarks.agent_process import AgentProcess
    from tests.benchmarks.figures import Spread


@dataclass(frozen=True, slots=True)
class Kind:
    """A process type: the command, the model, the log lines that say it is ready, and what it aims to stay below."""

    command: str
    model: str = "scripted"
    ready: tuple[str, ...] = ("waiting_for_tasks",)
    aim_cpu_seconds: float | None = None
    aim_mebibytes: float | None = None

    @property
    def takes_webhooks(self) -> bool:
        """Whether work reaches it over HTTP; a worker finds its in the queue."""
        return self.command != "worker"


KINDS = {
    "gateway": Kind("gateway", ready=("listening",), aim_cpu_seconds=1.0, aim_mebibytes=80),
    "worker:ollama": Kind("worker", "ollama", aim_cpu_seconds=1.5, aim_mebibytes=110),
    "worker:claude": Kind("worker", "claude"),
    "worker:scripted": Kind("worker"),
    "serve:ollama": Kind("serve", "ollama", ready=("waiting_for_tasks", "listening")),
}


@dataclass(frozen=True, slots=True)
class Start:
    """What one start and one task took."""

    wall_seconds: float
    cpu_seconds: float
    mebibytes: float
    mebibytes_after_task: float


# -- One start ---------------------------------------------------------------------------------------


async def measure(kind: Kind) -> Start:
    """Start the process on an installation of its own, and give it one task."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with _model_settings(kind.model) as settings:
            installation = Installation(folder, settings)
            issue = await installation.set_up()
            with agent_process(kind.command, installation.environment, folder) as process:
                lines = [await process.logged(event) for event in kind.ready]
                wall = process.age_seconds()
                cpu, memory = process.cpu_seconds(), process.resident_mebibytes()
                await _work(kind, process, installation, issue, str(lines[-1].get("port")))
                return Start(wall, cpu, memory, process.resident_mebibytes())


@asynccontextmanager
async def _model_settings(model: str) -> AsyncIterator[Mapping[str, str]]:
    """Choose the model, with a server that answers in its vendor's way where it has one."""
    answer = (resources.files("entrypoints.cli") / "demo_data/answers/fix/01-fix.md").read_text(encoding="utf-8")
    if model == "ollama":
        async with model_server(model_server_ollama.whole(answer)) as server:
            yield {"LLM": model, "OLLAMA_URL": server.url}
    elif model == "claude":
        async with model_server(model_server_claude.whole(answer)) as server:
            yield {"LLM": model, "ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "none"}
    else:
        yield {"LLM": model}


async def _work(kind: Kind, process: AgentProcess, installation: Installation, issue: IssueKey, port: str) -> None:
    """Hand over the task, and wait until it is done."""
    payload = await installation.payload(issue)
    if kind.takes_webhooks:
        await webhook.send(f"http://127.0.0.1:{port}", SECRET, payload)
    else:
        await _publish(installation, payload)
    if kind.command == "gateway":
        return
    ended = await process.logged("attempt_ended")
    if ended["outcome"] != "Done":
        message = f"the task was not done:\n{process.log.read_text()}"
        raise RuntimeError(message)


async def _publish(installation: Installation, payload: dict[str, object]) -> None:
    """Put the task into the queue, as a gateway would."""
    received = datetime.now(UTC)
    event = read_issue_event(
        msgspec.json.encode(payload), event="issues", forge="local", delivery="1", received_at=received
    )
    async with installation.parts() as parts:
        receipt = await parts.submit_event().submit(event)
    if not isinstance(receipt, Queued):
        message = f"the task was not queued: {receipt}"
        raise TypeError(message)


# -- The figures -------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the process types in turns, and print."""
    options = _parse(arguments)
    starts: dict[str, list[Start]] = {name: [] for name in options.only}
    for turn in range(options.repeat + 1):
        for name in options.only:
            start = asyncio.run(measure(KINDS[name]))
            if turn:
                starts[name].append(start)
    show(_report(starts, options.repeat), as_json=options.json)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5, help="starts of each process type")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=list(KINDS), metavar="TYPE", help=", ".join(KINDS))
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")
    return parser.parse_args(arguments)


_FIGURES = {
    "cpu_seconds": "CPU s until ready",
    "wall_seconds": "wall s until ready",
    "mebibytes": "resident MiB when ready",
    "mebibytes_after_task": "resident MiB after one task",
}


def _report(starts: Mapping[str, Sequence[Start]], repeat: int) -> Report:
    spreads = {
        kind: {field: spread(getattr(start, field) for start in measured) for field in _FIGURES}
        for kind, measured in starts.items()
    }
    return Report(
        f"From the command to ready, {repeat} starts of each process type",
        ("", *SPREAD_COLUMNS, "aim"),
        [
            (f"{kind}: {_FIGURES[field]}", *values.cells(), _verdict(KINDS[kind], field, values))
            for kind, fields in spreads.items()
            for field, values in fields.items()
        ],
        {"benchmark": "start", **{kind: _numbers(fields) for kind, fields in spreads.items()}},
        "An aim is met where the median is.",
    )


def _numbers(fields: Mapping[str, Spread]) -> dict[str, object]:
    return {field: values.numbers() for field, values in fields.items()}


def _verdict(kind: Kind, field: str, values: Spread) -> str:
    """The aim, and whether it is met; "" where there is none."""
    aims = {
        "cpu_seconds": kind.aim_cpu_seconds,
        "mebibytes": kind.aim_mebibytes,
        "mebibytes_after_task": kind.aim_mebibytes,
    }
    aim = aims.get(field)
    return f"{aim:g}, {'met' if values.median <= aim else 'not met'}" if aim else ""


if __name__ == "__main__":
    main()
