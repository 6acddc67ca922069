"""A burst of signed webhooks over HTTP against a gateway in a process of its own, which keeps them in a SQLite file.

    python -m tests.benchmarks.bench_gateway [--deliveries 1000] [--in-flight 50 1000] [--repeat 5] [--json]

As a forge does, each delivery opens a connection; its time counts from there to the end of the answer. The gateway is
killed after the last answer, then the tasks in the file are counted. Ends with 1 where one is missing. The aim: none
lost, the 99th percentile below one second.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.agent_process import agent_process
from tests.benchmarks.figures import SPREAD_COLUMNS, Report, percentile, show, spread
from tests.support.installation import Installation
from tests.support.webhooks import SECRET, numbered_webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.support.webhooks import Webhook

AIM_SECONDS = 1.0
ANSWER_SECONDS = 60.0
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass(frozen=True, slots=True)
class Answered:
    """How a delivery was answered: the status, the task's id ("" where there is none), and how long it took."""

    status: int
    task: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Burst:
    """What one burst came to; `kept` is how many tasks the queue's file held after the gateway was killed."""

    sent: int
    answers: Sequence[Answered]
    seconds: float
    cpu_seconds: float
    mebibytes: float
    kept: int

    @property
    def lost(self) -> int:
        """Deliveries without a task of their own."""
        accepted = {answer.task for answer in self.answers if answer.status == HTTPStatus.ACCEPTED}
        return self.sent - min(len(accepted), self.kept)

    def percentile(self, percent: int) -> float:
        """Seconds within which so many per cent were answered."""
        return percentile(sorted(answer.seconds for answer in self.answers), percent)


# -- One burst ---------------------------------------------------------------------------------------


async def measure(deliveries: int, in_flight: int) -> Burst:
    """Start a gateway on an empty queue, and send it the burst."""
    webhooks = [numbered_webhook(number) for number in range(1, deliveries + 1)]
    with tempfile.TemporaryDirectory() as name:
        installation = Installation(Path(name), {"WEBHOOK_SECRET": SECRET})
        with agent_process("gateway", installation.environment, Path(name)) as gateway:
            port = int(str((await gateway.logged("listening"))["port"]))
            cpu_before = gateway.cpu_seconds()
            began = time.perf_counter()
            answers = await send_burst(port, webhooks, in_flight)
            seconds = time.perf_counter() - began
            cpu, memory = gateway.cpu_seconds() - cpu_before, gateway.resident_mebibytes()
        return Burst(deliveries, answers, seconds, cpu, memory, await _tasks_kept(installation))


async def _tasks_kept(installation: Installation) -> int:
    async with installation.parts() as parts:
        return (await parts.queue_admin().status()).due


async def send_burst(port: int, webhooks: Sequence[Webhook], in_flight: int) -> list[Answered]:
    """Deliver all webhooks, `in_flight` at a time.

    Requests are written by hand: a full HTTP client would take more of the machine than the gateway that it measures.
    """
    waiting = iter(webhooks)
    answers: list[Answered] = []
    async with asyncio.TaskGroup() as senders:
        for _ in range(in_flight):
            senders.create_task(_send(port, waiting, answers))
    return answers


async def _send(port: int, waiting: Iterator[Webhook], answers: list[Answered]) -> None:
    """Deliver what waits, one after the other."""
    for webhook in waiting:
        began = time.perf_counter()
        async with asyncio.timeout(ANSWER_SECONDS):
            answer = await _exchange(port, _request(webhook))
        seconds = time.perf_counter() - began
        status = int(answer.split(maxsplit=2)[1])
        body = answer.partition(b"\r\n\r\n")[2]
        answers.append(Answered(status, json.loads(body).get("task", ""), seconds))


async def _exchange(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    body = await reader.readexactly(int(_LENGTH.findall(head)[0]))
    writer.close()
    return head + body


def _request(webhook: Webhook) -> bytes:
    headers = {
        "Host": "127.0.0.1",
        "Connection": "close",
        "Content-Length": str(len(webhook.body)),
        **webhook.headers,
    }
    lines = ["POST /webhook/github HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + webhook.body


# -- The figures -------------------------------------------------------------------------------------

_FIGURES: dict[str, Callable[[Burst], float]] = {
    "median ms": lambda burst: 1000 * burst.percentile(50),
    "99th percentile ms": lambda burst: 1000 * burst.percentile(99),
    "slowest ms": lambda burst: 1000 * burst.percentile(100),
    "deliveries a second": lambda burst: burst.sent / burst.seconds,
    "gateway's CPU a delivery ms": lambda burst: 1000 * burst.cpu_seconds / burst.sent,
    "gateway's resident MiB afterwards": lambda burst: burst.mebibytes,
    "lost": lambda burst: burst.lost,
}
_DECIMALS = {"gateway's CPU a delivery ms": 2}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit code."""
    options = _parse(arguments)
    lost = 0
    objects = []
    for in_flight in options.in_flight:
        bursts = [asyncio.run(measure(options.deliveries, in_flight)) for _ in range(options.repeat)]
        lost += sum(burst.lost for burst in bursts)
        report = _report(bursts, in_flight)
        objects.append(report.figures)
        if not options.json:
            show(report, as_json=False)
    if options.json:
        show(Report("", (), (), {"benchmark": "gateway", "bursts": objects}), as_json=True)
    return 1 if lost else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deliveries", type=int, default=1000)
    parser.add_argument("--in-flight", type=int, nargs="+", default=[50, 1000], help="connections at a time")
    parser.add_argument("--repeat", type=int, default=5, help="bursts, each on a gateway of its own")
    parser.add_argument("--json", action="store_true", help="print one object instead of tables")
    return parser.parse_args(arguments)


def _report(bursts: Sequence[Burst], in_flight: int) -> Report:
    spreads = {name: spread(map(figure, bursts)) for name, figure in _FIGURES.items()}
    worst = max(burst.percentile(99) for burst in bursts)
    met = worst < AIM_SECONDS and not any(burst.lost for burst in bursts)
    return Report(
        f"{bursts[0].sent} webhooks, {in_flight} in flight, {len(bursts)} bursts",
        ("", *SPREAD_COLUMNS),
        [(name, *values.cells(_DECIMALS.get(name, 0))) for name, values in spreads.items()],
        {"in_flight": in_flight, **{name: values.numbers() for name, values in spreads.items()}},
        f"Aim: none lost, 99th percentile below {AIM_SECONDS:g} s in every burst: {'met' if met else 'not met'}.",
    )


if __name__ == "__main__":
    sys.exit(main())
