"""Repositories by pygit2."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pygit2

from adapters.git.clone import Clone
from adapters.git.limits import DEFAULT_LIMITS
from adapters.git.process_settings import isolate
from adapters.git.serial_thread import SerialThread
from adapters.git.source import HttpSource, parsed
from adapters.git.workspace import PyGitWorkspace
from application.ports.vcs import Vcs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from adapters.git.limits import GitLimits
    from adapters.git.source import DiskSource
    from application.ports.clock import Clock
    from application.ports.vcs import Workspace
    from domain.repository import GitSource


class PyGitVcs(Vcs):
    """Opens each repository as a temporary bare one in a folder of its own below `workdir`, and works in a thread.

    Commits are by `author_name` and `author_email`, at the time that `clock` shows. Making one changes settings of
    libgit2 for the whole process (see `process_settings`): no configuration is read, and connections may stall for
    `limits.stall_seconds` at the longest. The authorities of `ca_bundle` are trusted besides the public ones;
    `proxy_for` says which proxy, if any, leads to an address.
    """

    def __init__(
        self,
        *,
        workdir: Path,
        author_name: str,
        author_email: str,
        clock: Clock,
        limits: GitLimits = DEFAULT_LIMITS,
        ca_bundle: Path | None = None,
        proxy_for: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        self._workdir = workdir
        self._author_name = author_name
        self._author_email = author_email
        self._clock = clock
        self._limits = limits
        self._proxy_for = proxy_for
        isolate(limits.stall_seconds, ca_bundle)

    def open(self, source: GitSource, revision: str = "") -> AbstractAsyncContextManager[Workspace]:
        """See the port; raises `InvalidInput` for a location that is not served or a repository that is damaged."""
        return self._opened(source, revision)

    @contextlib.asynccontextmanager
    async def _opened(self, source: GitSource, revision: str) -> AsyncIterator[Workspace]:
        clone = Clone(self._found(source), self._workdir, self._limits)
        thread = SerialThread()
        seconds = self._limits.timeout_seconds
        identity = self._identity()
        try:
            checkout = await thread.run(lambda stop: clone.check_out(revision, identity, stop), seconds)
            yield PyGitWorkspace(checkout, thread, seconds, self._identity)
        finally:
            await thread.close(clone.close, meanwhile=clone.abandon)

    def _found(self, source: GitSource) -> HttpSource | DiskSource:
        found = parsed(source)
        return replace(found, proxy=self._proxy_for(found.url)) if isinstance(found, HttpSource) else found

    def _identity(self) -> pygit2.Signature:
        return pygit2.Signature(self._author_name, self._author_email, int(self._clock.now().timestamp()), 0)
