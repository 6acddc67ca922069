"""A temporary bare repository, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygit2

from adapters.git.disk_origin import DiskOrigin
from adapters.git.errors import DISK, translated
from adapters.git.http_origin import HttpOrigin
from adapters.git.snapshot import Snapshot
from adapters.git.source import HttpSource
from adapters.git.temporary_folders import claim, sweep
from adapters.git.workspace import Checkout

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.git.limits import GitLimits
    from adapters.git.origin import Origin
    from adapters.git.source import DiskSource
    from adapters.git.stop import Stop
    from adapters.git.temporary_folders import TemporaryFolder


class Clone:
    """Made empty; `check_out` fills it, `close` removes it. Both block, and come from the workspace's thread."""

    def __init__(self, source: HttpSource | DiskSource, workdir: Path, limits: GitLimits) -> None:
        self._source = source
        self._workdir = workdir
        self._limits = limits
        self._folder: TemporaryFolder | None = None
        self._repository: pygit2.Repository | None = None
        self._origin: Origin | None = None

    def check_out(self, revision: str, identity: pygit2.Signature, stop: Stop) -> Checkout:
        """Bring the revision here; what dead processes left behind is removed first."""
        stop.check()
        with translated(DISK):
            sweep(self._workdir)
            self._folder = claim(self._workdir)
            repository = self._repository = pygit2.init_repository(str(self._folder.path), bare=True)
        origin = self._origin = self._origin_for(repository, identity)
        found = origin.resolve(revision, stop)
        with translated(DISK):
            return Checkout(origin, found, Snapshot(repository, found.commit, self._limits.max_files, stop))

    def abandon(self) -> None:
        """Leave no trace though the thread hangs on a silent server; may be called from any thread."""
        if self._folder is not None:
            self._folder.abandon()

    def close(self) -> None:
        """Leave no trace, however far it came."""
        if self._origin is not None:
            self._origin.close()
        if self._repository is not None:
            self._repository.free()
        if self._folder is not None:
            self._folder.remove()

    def _origin_for(self, repository: pygit2.Repository, identity: pygit2.Signature) -> Origin:
        if isinstance(self._source, HttpSource):
            return HttpOrigin(self._source, repository, self._limits.max_bytes)
        return DiskOrigin(self._source, repository, identity)
