"""The agent's own command, as a process that is measured."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class AgentProcess:
    """A running process, and the file that it logs to: a pipe would have to be read by whoever measures."""

    process: psutil.Popen
    log: Path
    began: float

    async def logged(self, event: str) -> dict[str, object]:
        """The first log line that reports this event, once it is written.

        Raises `RuntimeError`, with all that was logged, when the process ends or a minute passes without it.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            for entry in self._entries():
                if entry["event"] == event:
                    return entry
            await asyncio.sleep(_LOOK_SECONDS)
        message = f"no {event!r} in the log:\n{self.log.read_text()}"
        raise RuntimeError(message)

    def age_seconds(self) -> float:
        """For how long it has run."""
        return time.monotonic() - self.began

    def cpu_seconds(self) -> float:
        """What it has used of the processor, for itself and in the kernel."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def resident_mebibytes(self) -> float:
        """The memory that it holds now."""
        return float(self.process.memory_info().rss / 2**20)

    def _entries(self) -> Iterator[dict[str, object]]:
        for line in self.log.read_text().splitlines():
            with suppress(ValueError):  # a line that is being written
                yield json.loads(line)


@contextmanager
def agent_process(command: str, environment: Mapping[str, str], folder: Path) -> Iterator[AgentProcess]:
    """`coding-agent COMMAND`, with this environment alone; killed at the end, without a chance to tidy up."""
    log_path = folder / f"{command}.log"
    with log_path.open("wb") as log:
        began = time.monotonic()
        process = psutil.Popen(
            [sys.executable, "-P", "-m", "entrypoints.cli.main", command],
            stdin=subprocess.DEVNULL,
            stderr=log,
            env=dict(environment),
        )
    try:
        yield AgentProcess(process, log_path, began)
    finally:
        process.kill()
        process.wait()
