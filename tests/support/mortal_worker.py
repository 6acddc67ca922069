"""A worker that dies by SIGKILL right after an effect.

    python -m tests.support.mortal_worker EFFECT OCCURRENCE

Works on one task as `coding-agent worker --once` does. The process kills itself as soon as the named effect of a port
has happened for the given time (from 1); an effect that does not happen so often lets it finish. Each effect is
printed, so that a test learns which there are.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from dependency_injector import providers

from application.effects import effects_of
from application.ports.audit_log import AuditLog
from application.ports.forge import Forge
from application.ports.vcs import Vcs, Workspace
from entrypoints.worker.worker import Worker
from infra.composition import composed
from infra.settings import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.repository import GitSource


class Fate:
    """Counts effects, and ends the process at the one that it was given."""

    def __init__(self, effect: str, occurrence: int) -> None:
        self._effect = effect
        self._occurrence = occurrence
        self._happened: Counter[str] = Counter()

    def after(self, effect: str) -> None:
        """Say that an effect has happened; do not return if it was the one."""
        self._happened[effect] += 1
        os.write(sys.stdout.fileno(), f"{effect}\n".encode())
        if effect == self._effect and self._happened[effect] == self._occurrence:
            os.kill(os.getpid(), signal.SIGKILL)


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
            self._fate.after(self._effects[name])
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


async def main(effect: str, occurrence: int) -> None:
    """Work on one task under this fate."""
    fate = Fate(effect, occurrence)
    settings = load(os.environ)
    async with composed(settings) as parts:
        container: Any = parts._container
        container.forge.override(providers.Object(Fatal(parts.forge(), Forge, fate)))
        container.audit_log.override(providers.Object(Fatal(container.audit_log(), AuditLog, fate)))
        container.vcs.override(providers.Object(FatalVcs(parts.vcs(), fate)))
        worker = Worker(parts.queue(), parts.run_task(), grace_seconds=settings.grace_seconds)
        await worker.work(once=True, patience_seconds=20.0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
