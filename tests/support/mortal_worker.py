"""A worker that dies right after an effect, or loses its broker there.

    python -m tests.support.mortal_worker EFFECT OCCURRENCE [FILE]

Works on one task as `coding-agent worker --once` does. As soon as the named effect of a port has happened for the given
time (from 1), the process kills itself; an effect that does not happen so often lets it finish. `any` is whichever
happens, so that its occurrences are all of them. Each effect is printed, so that a test learns which there are.

With FILE it lives on, but its connections to the broker are cut and none comes about any more; it prints `cut` and is
stuck there, deaf to everything, as in a thread that cannot be stopped, until FILE exists. Then it goes on as if nothing
had happened.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dependency_injector import providers
from yarl import URL

from application.effects import effects_of
from application.ports.audit_log import AuditLog
from application.ports.forge import Forge
from application.ports.vcs import Vcs, Workspace
from entrypoints.worker.worker import Worker
from infra.composition import composed
from infra.settings import load
from tests.support.proxy import proxy_to

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from domain.repository import GitSource
    from tests.support.proxy import Proxy

ANY = "any"
_LOOK_SECONDS = 0.05


class Fate:
    """Counts effects, and does its worst at the one that it was given."""

    def __init__(self, effect: str, occurrence: int) -> None:
        self._effect = effect
        self._occurrence = occurrence
        self._happened: Counter[str] = Counter()

    async def after(self, effect: str) -> None:
        """Say that an effect has happened; strike if it was the one."""
        self._happened.update((effect, ANY))
        _say(effect)
        if self._effect in {effect, ANY} and self._happened[self._effect] == self._occurrence:
            await self.strike()

    async def strike(self) -> None:
        """Die."""
        os.kill(os.getpid(), signal.SIGKILL)


class Severance(Fate):
    """Cuts the connections instead, and is stuck until a file exists."""

    def __init__(self, effect: str, occurrence: int, proxy: Proxy, file: Path) -> None:
        super().__init__(effect, occurrence)
        self._proxy = proxy
        self._file = file

    async def strike(self) -> None:
        """Be deaf to cancellation, as a thread is."""
        self._proxy.refuse()
        _say("cut")
        while not self._file.exists():
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(_LOOK_SECONDS)


def _say(word: str) -> None:
    os.write(sys.stdout.fileno(), f"{word}\n".encode())


class Fatal:
    """An adapter whose every effect is told to the fate once it has happened."""

    def __init__(self, adapter: object, port: type, fate: Fate) -> None:
        self._adapter = adapter
        self._effects = {name: f"{port.__name__}.{name}" for name in effects_of(port)}
        self._fate = fate

    def __getattr__(self, name: str) -> object:
        attribute = getattr(self._adapter, name)
        if name not in self._effects:
            return attribute

        async def fatal(*args: object, **kwargs: object) -> object:
            result = await attribute(*args, **kwargs)
            await self._fate.after(self._effects[name])
            return result

        return fatal


class FatalVcs(Vcs):
    """Version control whose workspaces are fatal."""

    def __init__(self, vcs: Vcs, fate: Fate) -> None:
        self._vcs = vcs
        self._fate = fate

    @asynccontextmanager
    async def open(self, source: GitSource, revision: str = "") -> AsyncIterator[Workspace]:
        """The workspace, fatal."""
        async with self._vcs.open(source, revision) as workspace:
            yield cast("Workspace", Fatal(workspace, Workspace, self._fate))


async def main(effect: str, occurrence: int, file: str = "") -> None:
    """Work on one task under this fate."""
    if not file:
        await work(Fate(effect, occurrence), os.environ)
        return
    broker = URL(os.environ["RABBITMQ_URL"])
    async with proxy_to(str(broker.host), broker.port or 5672) as proxy:
        url = str(broker.with_host("127.0.0.1").with_port(proxy.port))
        await work(Severance(effect, occurrence, proxy, Path(file)), {**os.environ, "RABBITMQ_URL": url})


async def work(fate: Fate, environment: Mapping[str, str]) -> None:
    """Work on one task."""
    settings = load(environment)
    async with composed(settings) as parts:
        container: Any = parts._container
        container.forge.override(providers.Object(Fatal(parts.forge(), Forge, fate)))
        container.audit_log.override(providers.Object(Fatal(container.audit_log(), AuditLog, fate)))
        container.vcs.override(providers.Object(FatalVcs(parts.vcs(), fate)))
        worker = Worker(parts.queue(), parts.run_task(), grace_seconds=settings.grace_seconds)
        await worker.work(once=True, patience_seconds=20.0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:]))
