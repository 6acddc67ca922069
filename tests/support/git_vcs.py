"""The git adapter as tests make it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.git.limits import DEFAULT_LIMITS
from adapters.git.pygit_vcs import PyGitVcs
from application.ports.clock import Clock
from application.ports.vcs import CommitMessage
from domain.change_set import ChangeKind, ChangeSet, FileChange

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.git.limits import GitLimits

AGENT = "agent@example.org"
MESSAGE = CommitMessage("Mend it", "It was broken.", (("Task-Id", "t1"),))


@dataclass(slots=True)
class SettableClock(Clock):
    """Stands still until it is set."""

    time: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def now(self) -> datetime:
        """The time that it was set to."""
        return self.time

    def monotonic(self) -> float:
        """The same as a number."""
        return self.time.timestamp()

    async def sleep(self, seconds: float) -> None:
        """Give way, and no more."""
        del seconds
        await asyncio.sleep(0)


def git_adapter(workdir: Path, limits: GitLimits = DEFAULT_LIMITS, clock: Clock | None = None) -> PyGitVcs:
    """The adapter with its clones below `workdir`."""
    clock = clock or SettableClock()
    return PyGitVcs(workdir=workdir, author_name="Agent", author_email=AGENT, clock=clock, limits=limits)


def create(path: str, content: bytes) -> ChangeSet:
    """A change that adds one file."""
    return ChangeSet((FileChange(ChangeKind.CREATE, path, content),))


def edit(path: str, content: bytes) -> ChangeSet:
    """A change of one file's content."""
    return ChangeSet((FileChange(ChangeKind.EDIT, path, content),))


def delete(path: str) -> ChangeSet:
    """A change that removes one file."""
    return ChangeSet((FileChange(ChangeKind.DELETE, path),))


def rename(path: str, renamed_to: str, content: bytes) -> ChangeSet:
    """A change of one file's name, and perhaps its content."""
    return ChangeSet((FileChange(ChangeKind.RENAME, path, content, renamed_to),))
