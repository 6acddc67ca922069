"""What a search costs as people start it: the command as a process of its own, with the processes that it starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.figures import SPREAD_COLUMNS, Report, spread

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Cost:
    """`seconds`: what the command says; `processor`: of all its processes; `megabytes`: the largest one's."""

    seconds: float
    processor: float
    megabytes: float


def command_cost(search: Sequence[str], repeat: int) -> Report:
    """Without a cache, then with one that a search has filled before."""
    started = [_cost(["locate", "--help"], "").processor for _ in range(repeat)]
    cold = [_cost(search, "") for _ in range(repeat)]
    with tempfile.TemporaryDirectory() as cache:
        warm = [_cost(search, cache) for _ in range(repeat + 1)][1:]
    start = min(started)
    measured = {
        "start alone: processor, s": spread(started),
        "list, read and rank, s": spread(one.seconds for one in cold),
        "processor without start, s": spread(one.processor - start for one in cold),
        "largest process, MB": spread(one.megabytes for one in cold),
        "with a cache: list, read and rank, s": spread(one.seconds for one in warm),
        "with a cache: processor without start, s": spread(one.processor - start for one in warm),
    }
    return Report(
        f"coding-agent locate, {repeat} runs each",
        ("", *SPREAD_COLUMNS),
        [(name, *values.cells()) for name, values in measured.items()],
        {"benchmark": "locate cost", **{name: values.numbers() for name, values in measured.items()}},
    )


def _cost(arguments: Sequence[str], cache: str) -> Cost:
    environment = {**os.environ, "SEARCH_CACHE_PATH": cache} if cache else dict(os.environ)
    command = [sys.executable, "-m", "entrypoints.cli.main", *arguments]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            message = f"{' '.join(arguments)} ended with {process.returncode}"
            raise RuntimeError(message)
        output.seek(0)
        said = json.loads(output.read())["seconds"] if "--json" in arguments else 0.0
    return Cost(said, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000)
