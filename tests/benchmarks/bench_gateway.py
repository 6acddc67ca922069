"""A burst of signed webhooks over HTTP against a gateway in a process of its own.

`python -m tests.benchmarks.bench_gateway [--deliveries 1000] [--in-flight 50]` prints a table, and ends with 1 if a
delivery was lost. The aim: none lost, the 99th percentile below one second.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil

from entrypoints.gateway.server import serve
from tests.fakes.queue import FakeTaskQueue
from tests.support.gateway import gateway_app
from tests.support.webhooks import numbered_webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from domain.task import Task
    from tests.support.webhooks import Webhook

START_SECONDS = 60.0
STOP_SECONDS = 30.0
ANSWER_SECONDS = 30.0
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass(frozen=True)
class RunningGateway:
    """A gateway process: its port on the loopback interface, and the ids of the tasks that its queue holds."""

    port: int
    pid: int
    kept_tasks: Callable[[], set[str]]


@dataclass(frozen=True)
class Answered:
    """How a delivery was answered: the status, the task's id ("" where there is none), and how long it took."""

    status: int
    task: str
    seconds: float


# -- The process that is measured --------------------------------------------------------------------


@contextmanager
def start_gateway() -> Iterator[RunningGateway]:
    """A gateway on a loopback port, stopped at the end.

    TO BE SWITCHED once the command line and the embedded queue exist: run `-m entrypoints.cli.main gateway` with
    WEBHOOK_SECRET=tests.support.webhooks.SECRET, ALLOWED_REPOSITORIES=acme, QUEUE=sqlite, its file in `folder`, and
    PORT; let `kept_tasks` read the ids from that file; and remove `TaskFile` and `_serve_file`.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port = _free_port()
        command = [sys.executable, "-m", "tests.benchmarks.bench_gateway", "--serve", str(port), str(folder / "tasks")]
        with (folder / "gateway.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
            try:
                _wait_until_ready(port, process, folder / "gateway.log")
                yield RunningGateway(port, process.pid, lambda: set((folder / "tasks").read_text().split()))
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(STOP_SECONDS)


class TaskFile(FakeTaskQueue):
    """Keeps the tasks' ids in a file, one a line, so that another process can count them."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    async def publish(self, task: Task, not_before: datetime | None = None) -> None:
        """Write the task's id."""
        del not_before
        os.write(self._file, f"{task.id}\n".encode())


async def _serve_file(port: int, path: Path) -> None:
    serving = asyncio.create_task(serve(gateway_app(TaskFile(path)), "127.0.0.1", port, lambda _port: None))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)
    await asyncio.wait({serving})


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if _is_ready(port):
            return
        time.sleep(0.05)
    message = f"the gateway did not start:\n{log.read_text()}"
    raise RuntimeError(message)


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ready").is_success
    except httpx.TransportError:
        return False


# -- The burst ---------------------------------------------------------------------------------------


async def send_burst(port: int, webhooks: Sequence[Webhook], in_flight: int) -> list[Answered]:
    """Deliver all webhooks over `in_flight` connections; a time counts from the sending to the whole answer.

    Requests are written by hand: a full HTTP client would take more of the machine than the gateway that it measures.
    """
    waiting = iter(webhooks)
    answers: list[Answered] = []
    async with asyncio.TaskGroup() as senders:
        for _ in range(in_flight):
            senders.create_task(_send(port, waiting, answers))
    return answers


async def _send(port: int, waiting: Iterator[Webhook], answers: list[Answered]) -> None:
    """Deliver what waits, one after the other on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for webhook in waiting:
        started = time.perf_counter()
        writer.write(_request(webhook))
        async with asyncio.timeout(ANSWER_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(int(_LENGTH.findall(head)[0]))
        status = int(head.split(maxsplit=2)[1])
        answers.append(Answered(status, json.loads(body).get("task", ""), time.perf_counter() - started))
    writer.close()
    await writer.wait_closed()


def _request(webhook: Webhook) -> bytes:
    headers = {"Host": "127.0.0.1", "Content-Length": str(len(webhook.body)), **webhook.headers}
    lines = ["POST /webhook/github HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + webhook.body


# -- The figures -------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the burst and print what it showed."""
    options = _parse(arguments)
    if options.serve:
        port, path = options.serve
        asyncio.run(_serve_file(int(port), Path(path)))
        return 0
    webhooks = [numbered_webhook(number) for number in range(1, options.deliveries + 1)]
    with start_gateway() as gateway:
        started = time.perf_counter()
        answers = asyncio.run(send_burst(gateway.port, webhooks, options.in_flight))
        seconds = time.perf_counter() - started
        lost = options.deliveries - len(gateway.kept_tasks() & {answer.task for answer in answers})
        process = psutil.Process(gateway.pid)
        rows = [*_rows(answers, seconds), *_process_rows(process), ("lost", str(lost))]
    sys.stdout.write(f"{options.deliveries} deliveries, {options.in_flight} in flight\n\n{_table(rows)}\n")
    return 1 if lost else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=1000)
    parser.add_argument("--in-flight", type=int, default=50)
    parser.add_argument("--serve", nargs=2, metavar=("PORT", "FILE"), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _rows(answers: Sequence[Answered], seconds: float) -> list[tuple[str, str]]:
    times = sorted(answer.seconds for answer in answers)
    return [
        ("answered 202", str(sum(answer.status == httpx.codes.ACCEPTED for answer in answers))),
        ("deliveries a second", f"{len(answers) / seconds:.0f}"),
        ("median", f"{_percentile(times, 50) * 1000:.0f} ms"),
        ("99th percentile", f"{_percentile(times, 99) * 1000:.0f} ms"),
        ("slowest", f"{times[-1] * 1000:.0f} ms"),
    ]


def _process_rows(process: psutil.Process) -> list[tuple[str, str]]:
    cpu = process.cpu_times()
    return [
        ("gateway's CPU, its start included", f"{cpu.user + cpu.system:.2f} s"),
        ("gateway's resident memory", f"{process.memory_info().rss / 2**20:.0f} MiB"),
    ]


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest value that at least `percent` per cent of all do not exceed."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def _table(rows: Sequence[tuple[str, str]]) -> str:
    lines = [f"| {name} | {value} |" for name, value in rows]
    return "\n".join(["| Figure | Value |", "|---|---:|", *lines])


if __name__ == "__main__":
    sys.exit(main())
