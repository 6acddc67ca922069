"""Version control whose every effect first asks whether the task is still ours."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from application.effects import guarded
from application.ports.vcs import Vcs, Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from application.effects import Held
    from domain.repository import GitSource


class GuardedVcs(Vcs):
    """Opens workspaces that refuse a push once the task is no longer held."""

    def __init__(self, vcs: Vcs, held: Held) -> None:
        self._vcs = vcs
        self._held = held

    @asynccontextmanager
    async def open(self, source: GitSource, revision: str = "") -> AsyncIterator[Workspace]:
        """The workspace, guarded."""
        async with self._vcs.open(source, revision) as workspace:
            yield guarded(workspace, Workspace, self._held)
