"""What a webhook costs that is accepted and confirmed by a real broker, beside a peer and beside its parts.

    python -m tests.benchmarks.bench_broker [--peer .cache/peer/bin/python] [--deliveries 1000] [--repeat 5] [--json]

The same signed webhooks go to the gateway and to the same path in FastAPI and FastStream (under uvicorn and under
granian; the better one counts), each in a process of its own, on the same broker and in turns; and to the gateway with
a queue that confirms at once; and the same number of tasks is published without HTTP. All figures are the CPU time of
the process, so that other work on the machine matters little. `make bench-broker` makes the peer's environment first.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tests.benchmarks.agent_process import agent_process
from tests.benchmarks.bench_gateway import send_burst
from tests.benchmarks.figures import SPREAD_COLUMNS, Report, show, spread
from tests.support import rabbit
from tests.support.broker import running_broker
from tests.support.installation import Installation
from tests.support.webhooks import SECRET, numbered_webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.support.broker import Broker
    from tests.support.webhooks import Webhook

IN_FLIGHT = 50
ACCEPTED = 202
LEASES = 200
AIM_PEER, AIM_PARTS = 0.8, 1.15
PEER = Path(__file__).parent / "peer" / "app.py"


@contextmanager
def listening(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator[tuple[psutil.Popen, int]]:
    """A process that prints its port, with that port; killed at the end."""
    with log.open("ab") as errors:
        process = psutil.Popen(list(command), env=dict(environment), stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        yield process, int(json.loads(process.stdout.readline())["port"])
    finally:
        process.kill()
        process.wait()


def cpu_of_burst(process: psutil.Popen, port: int, webhooks: Sequence[Webhook]) -> float:
    """Milliseconds of the process's CPU a delivery; the first deliveries warm it up and do not count."""
    asyncio.run(_warm_up(port, webhooks[: len(webhooks) // 10]))
    before = process.cpu_times()
    asyncio.run(_accepted(port, webhooks))
    after = process.cpu_times()
    used = after.user + after.system - before.user - before.system
    return float(1000 * used / len(webhooks))


async def _warm_up(port: int, webhooks: Sequence[Webhook]) -> None:
    """Deliver until all are accepted: it may not listen yet, or have no connection to the broker."""
    async with asyncio.timeout(60):
        while True:
            with suppress(OSError, ExceptionGroup):
                if {answer.status for answer in await send_burst(port, webhooks, IN_FLIGHT)} == {ACCEPTED}:
                    return
            await asyncio.sleep(0.1)


async def _accepted(port: int, webhooks: Sequence[Webhook]) -> None:
    answers = await send_burst(port, webhooks, IN_FLIGHT)
    refused = [answer for answer in answers if answer.status != ACCEPTED]
    if refused:
        message = f"{len(refused)} of {len(answers)} deliveries were refused: {refused[0].status}"
        raise RuntimeError(message)


class Round:
    """One round of all measurements, on one broker."""

    def __init__(self, broker: Broker, folder: Path, deliveries: int, peer: Path) -> None:
        self._folder = folder
        self._peer = peer
        self._deliveries = deliveries
        self._webhooks = [numbered_webhook(number) for number in range(1, deliveries + 1)]
        self._settings = {**rabbit.settings_for(broker), "WEBHOOK_SECRET": SECRET}
        self._environment = Installation(folder, self._settings).environment

    def set_up(self) -> None:
        """Make the queues."""
        subprocess.run(
            [sys.executable, "-m", "entrypoints.cli.main", "topology", "apply"],
            env=self._environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def gateway(self) -> float:
        """The real one."""
        with agent_process("gateway", self._environment, self._folder) as gateway:
            port = int(str(asyncio.run(gateway.logged("listening"))["port"]))
            return cpu_of_burst(gateway.process, port, self._webhooks)

    def peer(self, server: str) -> float:
        """FastAPI and FastStream."""
        command = [str(self._peer), str(PEER), server]
        with listening(command, self._environment, self._folder / "peer.log") as (process, port):
            return cpu_of_burst(process, port, self._webhooks)

    def http(self) -> float:
        """The gateway, its queue confirming at once."""
        command = [sys.executable, "-m", "tests.benchmarks.queue_part", "http"]
        with listening(command, self._environment, self._folder / "http.log") as (process, port):
            return cpu_of_burst(process, port, self._webhooks)

    def publish(self) -> float:
        """The queue, without HTTP."""
        return self._part("publish", self._deliveries)

    def lease(self) -> float:
        """What the queue takes of a worker for each task."""
        return self._part("lease", LEASES)

    def _part(self, name: str, count: int) -> float:
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.queue_part", name, str(count)],
            env=self._environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return float(1000 * json.loads(done.stdout)["cpu_seconds"] / count)


def measure(options: argparse.Namespace) -> dict[str, list[float]]:
    """Milliseconds of CPU by name, a list of rounds each."""
    figures: dict[str, list[float]] = {}
    with running_broker() as broker:
        for _ in range(options.repeat):
            with tempfile.TemporaryDirectory() as name:
                turn = Round(broker, Path(name), options.deliveries, options.peer)
                turn.set_up()
                parts: dict[str, Callable[[], float]] = {
                    "gateway": turn.gateway,
                    "FastAPI + FastStream, uvicorn": lambda turn=turn: turn.peer("uvicorn"),  # type: ignore[misc]
                    "FastAPI + FastStream, granian": lambda turn=turn: turn.peer("granian"),  # type: ignore[misc]
                    "HTTP alone": turn.http,
                    "publish alone": turn.publish,
                    "lease of a task": turn.lease,
                }
                for part, measured in parts.items():
                    figures.setdefault(part, []).append(measured())
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", type=Path, default=Path(".cache/peer/bin/python"), help="the peer's Python")
    parser.add_argument("--deliveries", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")
    options = parser.parse_args(arguments)
    if not options.peer.exists():
        parser.error(f"there is no {options.peer}: `make bench-broker` makes the peer's environment")
    show(report(measure(options), options.deliveries), as_json=options.json)
    return 0


def report(figures: Mapping[str, Sequence[float]], deliveries: int) -> Report:
    """The table, and the two ratios of medians."""
    spreads = {name: spread(values) for name, values in figures.items()}
    median = {name: values.median for name, values in spreads.items()}
    peer = min(value for name, value in median.items() if name.startswith("FastAPI"))
    beside_peer = median["gateway"] / peer
    beside_parts = median["gateway"] / (median["HTTP alone"] + median["publish alone"])
    note = (
        f"Beside the peer under its better server: {beside_peer:.2f}, aim at most {AIM_PEER}. "
        f"Beside HTTP alone plus publish alone: {beside_parts:.2f}, aim at most {AIM_PARTS}."
    )
    return Report(
        f"CPU ms a delivery: {deliveries} webhooks, {IN_FLIGHT} in flight, {len(figures['gateway'])} rounds",
        ("", *SPREAD_COLUMNS),
        [(name, *values.cells(3)) for name, values in spreads.items()],
        {
            "benchmark": "broker",
            "beside peer": round(beside_peer, 3),
            "beside parts": round(beside_parts, 3),
            **{name: values.numbers() for name, values in spreads.items()},
        },
        note,
    )


if __name__ == "__main__":
    sys.exit(main())
