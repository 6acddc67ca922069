"""What goes wrong meanwhile."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from tests.support.broker import PrivateControl
    from tests.support.proxy import Proxy


@dataclass
class Damage:
    """What was done."""

    kills: int = 0
    cuts: int = 0
    restarts: int = 0


class Workers:
    """So many worker processes; one that ends is replaced, as an orchestrator would."""

    def __init__(self, count: int, environment: Mapping[str, str], folder: Path) -> None:
        self._count = count
        self._environment = environment
        self._folder = folder
        self._running: dict[int, asyncio.subprocess.Process] = {}
        self._stopping = False

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep them running until the end of the block, then let them finish."""
        keepers = [asyncio.create_task(self._keep(number)) for number in range(self._count)]
        try:
            yield
        finally:
            self._stopping = True
            for process in self._running.values():
                with suppress(ProcessLookupError):
                    process.send_signal(signal.SIGTERM)
            await asyncio.gather(*keepers)

    def kill_one(self, chance: random.Random) -> bool:
        """SIGKILL for one that runs; whether there was one."""
        if not self._running:
            return False
        with suppress(ProcessLookupError):
            chance.choice(list(self._running.values())).kill()
        return True

    async def _keep(self, number: int) -> None:
        with (self._folder / f"worker-{number}.log").open("ab") as log:
            while not self._stopping:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-P", "-m", "entrypoints.cli.main", "worker"),
                    env=dict(self._environment),
                    stdin=asyncio.subprocess.DEVNULL,
                    stderr=log,
                )
                self._running[number] = process
                await process.wait()
                del self._running[number]


class Trouble:
    """Kills, cuts and restarts, at random times, until cancelled."""

    def __init__(self, workers: Workers, proxy: Proxy, broker: PrivateControl, chance: random.Random) -> None:
        self._workers = workers
        self._proxy = proxy
        self._broker = broker
        self._chance = chance
        self.damage = Damage()

    async def make(self, kill_seconds: float, cut_seconds: float) -> None:
        """A kill and a cut about every so many seconds."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._kill(kill_seconds))
            group.create_task(self._cut(cut_seconds))

    async def restart_broker(self) -> None:
        """Kill the broker, and start it on its data."""
        self.damage.restarts += 1
        await asyncio.to_thread(self._broker.restart)

    async def _kill(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(0, 2 * seconds))
            self.damage.kills += self._workers.kill_one(self._chance)

    async def _cut(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(0, 2 * seconds))
            self._proxy.cut()
            self.damage.cuts += 1
