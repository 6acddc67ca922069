"""Plays KEDA: as many workers as there are tasks, waiting or in hand, and none a while after the last."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Mapping
    from pathlib import Path

    from application.ports.queue_admin import QueueAdmin

_MOST = 3
_EVERY_SECONDS = 2.0
_COOLDOWN_SECONDS = 10.0
_READY_AFTER_SECONDS = 3.0


@dataclass
class Scaler:
    """Starts and stops worker processes, and tells of them in `pods.json` as the API server would."""

    queue: QueueAdmin
    environment: Mapping[str, str]
    folder: Path
    kill_one: bool = False
    _workers: dict[Process, float] = field(default_factory=dict)
    _last_task: float = 0.0

    async def run(self) -> None:
        """Until cancelled; then no worker is left."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(_EVERY_SECONDS)
        finally:
            for worker in self._running():
                worker.kill()

    async def _look(self) -> None:
        status = await self.queue.status()
        tasks, now = status.due + status.held, time.monotonic()
        self._last_task = now if tasks else self._last_task
        while len(self._running()) < min(_MOST, tasks):
            self._workers[await self._start()] = now
        if self.kill_one and status.held and len(self._running()) == _MOST:
            self._running()[0].kill()
            self.kill_one = False
            print("A worker with a task in hand was killed.", file=sys.stderr)
        if not tasks and now - self._last_task > _COOLDOWN_SECONDS:
            for worker in self._running():
                worker.send_signal(signal.SIGTERM)
        self.tell()

    def tell(self) -> None:
        """Write the pods down, whole or not at all."""
        now = time.monotonic()
        ages = [now - self._workers[worker] for worker in self._running()]
        draft = self.folder / "pods.draft"
        draft.write_text(json.dumps({"items": [_pod(ready=age > _READY_AFTER_SECONDS) for age in ages]}))
        draft.replace(self.folder / "pods.json")

    def _running(self) -> list[Process]:
        return [worker for worker in self._workers if worker.returncode is None]

    async def _start(self) -> Process:
        with (self.folder / "workers.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "entrypoints.cli.main", "worker"),
                env=dict(self.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stderr=log,
            )


def _pod(*, ready: bool) -> dict[str, object]:
    condition = {"type": "Ready", "status": str(ready)}
    return {"status": {"phase": "Running", "conditions": [condition]}}
