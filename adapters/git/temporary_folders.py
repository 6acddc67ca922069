"""Folders that are gone when their process is.

A folder `NAME` exists only beside a file `NAME.lock`, on which its process holds a lock (flock) for as long as it
lives. The kernel releases it with the process, however that ended, so whoever gets the lock may remove the folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIX = ".lock"


@dataclass(frozen=True, slots=True)
class TemporaryFolder:
    """A folder that is ours until `remove`."""

    path: Path
    _lock: int

    def abandon(self) -> None:
        """Delete what is there now, while a thread may still hang in it; `remove` is called all the same."""
        shutil.rmtree(self.path, ignore_errors=True)
        if not self.path.exists():
            _lock_file(self.path).unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete the folder with all that is in it; what cannot be deleted is left to the next sweep."""
        self.abandon()
        os.close(self._lock)


def claim(workdir: Path) -> TemporaryFolder:
    """A new, empty folder, readable by us alone."""
    workdir.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        path = workdir / f"clone-{uuid.uuid4().hex}"
        lock = _try_lock(_lock_file(path), os.O_CREAT | os.O_EXCL)
        if lock is not None:
            path.mkdir(mode=0o700)
            return TemporaryFolder(path, lock)


def sweep(workdir: Path) -> int:
    """Remove the folders whose process is dead; how many there were."""
    removed = 0
    for lock_file in sorted(workdir.glob(f"clone-*{_SUFFIX}")):
        lock = _try_lock(lock_file, 0)
        if lock is not None:
            TemporaryFolder(lock_file.with_suffix(""), lock).remove()
            removed += 1
    return removed


def _lock_file(folder: Path) -> Path:
    return folder.with_name(folder.name + _SUFFIX)


def _try_lock(lock_file: Path, how: int) -> int | None:
    """The lock's descriptor; None where another has it, or has removed the file in the meantime."""
    try:
        descriptor = os.open(lock_file, os.O_RDWR | os.O_CLOEXEC | how, 0o600)
    except FileNotFoundError:
        return None
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_ino == lock_file.stat().st_ino:
            return descriptor
    os.close(descriptor)
    return None
