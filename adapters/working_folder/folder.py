"""A folder on disk."""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from adapters.working_folder.transaction import Transaction
from application.ports.folder import Folder
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from domain.change_set import ChangeSet

_MAX_BYTES = 50_000_000
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class WorkingFolder(Folder):
    """Reaches each file from the folder's own descriptor, name by name, and follows no link on the way.

    A file of more than 50 MB counts as one that cannot be read. Raises `InvalidInput` where there is no such folder.
    """

    def __init__(self, root: Path, *, max_files: int = 200_000) -> None:
        self._root = root
        self._max_files = max_files
        self._listed: list[str] | None = None
        if not root.is_dir():
            message = f"`{root}` is not a folder."
            raise InvalidInput(message)

    def paths(self) -> Sequence[str]:
        """Listed once."""
        if self._listed is None:
            self._listed = sorted(self._walk(str(self._root), ""))
        return self._listed

    def _walk(self, top: str, prefix: str) -> Iterator[str]:
        waiting = [(top, prefix)]
        count = 0
        while waiting:
            folder, before = waiting.pop()
            for entry in _entries(folder):
                path = f"{before}{entry.name}"
                count += 1
                if count > self._max_files:
                    message = f"`{self._root}` holds more than {self._max_files:,} files; name a smaller folder."
                    raise InvalidInput(message)
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != ".git":
                        waiting.append((entry.path, f"{path}/"))
                elif entry.is_file(follow_symlinks=False) and _is_text(path):
                    yield path

    def holds(self, path: str) -> bool:
        """Told by its status, without opening it."""
        try:
            with ExitStack() as opened:
                parent = self._parent(path, opened)
                return stat.S_ISREG(os.stat(_name(path), dir_fd=parent, follow_symlinks=False).st_mode)
        except (OSError, ValueError):
            return False

    def read(self, path: str) -> bytes | None:
        """The file's bytes."""
        try:
            with ExitStack() as opened:
                parent = self._parent(path, opened)
                descriptor = os.open(_name(path), _FILE, dir_fd=parent)
                with os.fdopen(descriptor, "rb") as file:
                    found = os.fstat(file.fileno())
                    return file.read() if stat.S_ISREG(found.st_mode) and found.st_size <= _MAX_BYTES else None
        except (OSError, ValueError):
            return None

    def obstacle(self, path: str) -> str | None:
        """Looked for from the root on."""
        with ExitStack() as opened:
            at = _open(self._root, opened)
            *folders, name = path.split("/")
            for folder in folders:
                try:
                    at = _open(folder, opened, at)
                except FileNotFoundError:
                    return None
                except OSError:
                    return f"`{folder}` on the way there is no folder, or a symbolic link"
            with suppress(FileNotFoundError):
                os.stat(name, dir_fd=at, follow_symlinks=False)
                return "it is a folder, or a symbolic link, which is not followed"
        return None

    def write(self, changes: ChangeSet) -> None:
        """By new files beside the old ones, put in their place at the end."""
        with ExitStack() as opened:
            transaction = Transaction(_open(self._root, opened), opened)
            try:
                transaction.stage(changes)
                transaction.commit()
            except (OSError, ValueError) as error:
                transaction.roll_back()
                reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
                message = f"Nothing was changed: `{transaction.at}` cannot be written: {reason}."
                raise InvalidInput(message) from None

    def _parent(self, path: str, opened: ExitStack) -> int:
        if path.startswith("/") or not path:
            raise FileNotFoundError
        at = _open(self._root, opened)
        for folder in path.split("/")[:-1]:
            if folder in {"", ".", "..", ".git"}:
                raise FileNotFoundError
            at = _open(folder, opened, at)
        return at


def _open(folder: str | Path, opened: ExitStack, parent: int | None = None) -> int:
    """The folder's descriptor, closed with the stack; only the root itself may be a link."""
    descriptor = os.open(folder, _FOLDER if parent is not None else _FOLDER & ~os.O_NOFOLLOW, dir_fd=parent)
    opened.callback(os.close, descriptor)
    return descriptor


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []


def _name(path: str) -> str:
    name = path.rpartition("/")[2]
    if name in {"", ".", "..", ".git"}:
        raise FileNotFoundError
    return name


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
