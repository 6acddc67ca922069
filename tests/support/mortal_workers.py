"""Mortal workers by the dozen: the program is loaded once, and each worker is a process that is split off from it.

    python -m tests.support.mortal_workers

An order a line on the standard input, as JSON: the environment, and after how many effects to die by SIGKILL (0: not at
all). One line back when that worker has ended: its exit code, and the effects that happened, in order.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.logging import configure
from tests.support.mortal_worker import ANY, Fate, work

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SECONDS_TO_LIVE = 120
_LOADED = ("git", "local_forge", "rabbitmq", "scripted", "secret_scan", "sqlite", "code_search", "tree_sitter")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a worker ended: its exit code, the signal's number below zero, and the effects that had happened."""

    code: int
    effects: tuple[str, ...]


class MortalWorkers:
    """Who splits them off."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def work(self, environment: Mapping[str, str], *, die_after: int = 0) -> Ended:
        """Let one work on one task to its end, or until it has died."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"environment": dict(environment), "die_after": die_after}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Ended(answer["code"], tuple(answer["effects"]))


@contextmanager
def mortal_workers() -> Iterator[MortalWorkers]:
    """The program, loaded, until the end of the block."""
    command = [sys.executable, "-P", "-m", "tests.support.mortal_workers"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield MortalWorkers(process)
        assert process.stdin is not None
        process.stdin.close()


def _split_off(environment: Mapping[str, str], die_after: int) -> tuple[int, list[str]]:
    """One worker; nothing runs in this process but its one thread, so that the copy is whole."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(writing, 1)
        os.close(writing)
        _live(environment, die_after)
    os.close(writing)
    with os.fdopen(reading) as told:
        effects = told.read().split()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), effects


def _live(environment: Mapping[str, str], die_after: int) -> None:
    """Work on one task; does not return."""
    signal.alarm(_SECONDS_TO_LIVE)
    try:
        asyncio.run(work(Fate(ANY, die_after), environment))
    except BaseException:  # noqa: BLE001 - whatever it is, this process must not go on as if it were its parent
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _load() -> None:
    """Import what a worker would import one by one, each time; what it logs does not go where effects are told."""
    configure("json", "error")
    for technology in _LOADED:
        package = importlib.import_module(f"adapters.{technology}")
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def main() -> None:
    """Obey until the input ends."""
    _load()
    for line in sys.stdin:
        order = json.loads(line)
        code, effects = _split_off(order["environment"], order["die_after"])
        print(json.dumps({"code": code, "effects": effects}), flush=True)  # noqa: T201 - its protocol


if __name__ == "__main__":
    main()
