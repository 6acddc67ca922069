"""Files that are read whole and replaced in one step, and a lock between processes."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from adapters.local_forge.errors import translated
from domain.errors import ForgeUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")

_FIRST_PAUSE_S = 0.001
_LONGEST_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Stored(Generic[T]):
    """What a file holds, where it lies, and when it was last written (UTC)."""

    path: Path
    value: T
    written_at: datetime


class Storage:
    """The files below one folder. Every method raises the domain's errors, which name the file from `root` on."""

    def __init__(self, root: Path, lock_timeout_s: float) -> None:
        self.root = root
        self._lock_timeout_s = lock_timeout_s

    def name(self, path: Path) -> str:
        """A path as people know it: from the root on."""
        return path.relative_to(self.root).as_posix()

    def read(self, path: Path, parse: Callable[[str], T]) -> Stored[T] | None:
        """A file's content as it was after some write, never in the middle of one; None where there is no file."""
        with translated(self.name(path)):
            try:
                with path.open("rb") as file:
                    written_at = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
                    content = file.read()
            except (FileNotFoundError, NotADirectoryError):
                return None
            return Stored(path, parse(content.decode("utf-8-sig")), written_at)

    def write(self, path: Path, text: str, scratch: Path) -> None:
        """Replace a file in one step; it is durable on return.

        `scratch` is a path on the same file system that belongs to whoever holds the lock: a writer that is killed
        leaves at most this one file, and the next takes it over.
        """
        with translated(self.name(path)):
            content = text.encode()
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch.unlink(missing_ok=True)
            with scratch.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(path)
            _sync_folder(path.parent)

    def has(self, path: Path) -> bool:
        """Whether there is a file of that name."""
        with translated(self.name(path)):
            return path.is_file()

    def names(self, folder: Path) -> list[str]:
        """The names in a folder, hidden ones left out, sorted; none where there is no folder."""
        with translated(self.name(folder)):
            try:
                return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
            except (FileNotFoundError, NotADirectoryError):
                return []

    @contextmanager
    def locked(self, folder: Path) -> Iterator[None]:
        """Be the only one, among all threads and processes, to change what lies below a folder.

        Raises `ForgeUnavailable` when it stays taken. The system frees it when its holder dies.
        """
        with translated(self.name(folder)):
            descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        try:
            self._take(descriptor, self.name(folder))
            yield
        finally:
            # Said outright: a child forked meanwhile shares the lock, and would keep it after our close.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def _take(self, descriptor: int, name: str) -> None:
        deadline = time.monotonic() + self._lock_timeout_s
        pause = _FIRST_PAUSE_S
        while not _try_lock(descriptor, name):
            if time.monotonic() >= deadline:
                message = f"another process has held the lock of {name} in the local forge for too long"
                raise ForgeUnavailable(message)
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)


def _try_lock(descriptor: int, name: str) -> bool:
    with translated(name):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
