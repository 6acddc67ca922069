"""Changing several files so that either all are changed or none."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from domain.change_set import ChangeKind

if TYPE_CHECKING:
    from contextlib import ExitStack

    from domain.change_set import ChangeSet, FileChange

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class _Entry(NamedTuple):
    """A name in a folder that is open."""

    folder: int
    name: str

    def move_to(self, other: _Entry) -> None:
        os.rename(self.name, other.name, src_dir_fd=self.folder, dst_dir_fd=other.folder)

    def remove(self) -> None:
        os.unlink(self.name, dir_fd=self.folder)

    def mode(self) -> int | None:
        """The permissions; None where there is nothing. Raises `OSError` for what is no regular file."""
        try:
            found = os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(found.st_mode):
            message = "it is not a regular file"
            raise ValueError(message)
        return stat.S_IMODE(found.st_mode)


class Transaction:
    """New content is written beside the old; the old moves aside, the new takes its place, then the old is removed.

    `at` is the path that is worked on. Nothing can be promised to whoever cuts the power in the middle of `commit`.
    """

    def __init__(self, root: int, opened: ExitStack) -> None:
        self._root = root
        self._opened = opened
        self._suffix = f".coding-agent-{secrets.token_hex(6)}"
        self._staged: list[tuple[str, _Entry, _Entry]] = []
        self._leaving: list[tuple[str, _Entry]] = []
        self._aside: list[tuple[_Entry, _Entry]] = []
        self._placed: list[_Entry] = []
        self._made: list[tuple[int, str]] = []
        self.at = ""

    def stage(self, changes: ChangeSet) -> None:
        """Write all new content; nothing that was there is touched."""
        for change in changes:
            self.at = change.path
            old = self._entry(change.path, make=False) if change.kind is not ChangeKind.CREATE else None
            mode = old.mode() if old else None
            if old is not None and mode is None:
                message = "it is not there any more"
                raise ValueError(message)
            if old is not None:
                self._leaving.append((change.path, old))
            if change.new_path is not None and change.content is not None:
                self._stage(change, change.new_path, change.content, mode)

    def _stage(self, change: FileChange, path: str, content: bytes, mode: int | None) -> None:
        target = self._entry(path, make=True)
        if change.kind in {ChangeKind.CREATE, ChangeKind.RENAME} and target.mode() is not None:
            message = "there is such a file already"
            raise ValueError(message)
        draft = _Entry(target.folder, f".{secrets.token_hex(4)}{self._suffix}")
        descriptor = os.open(draft.name, _NEW, 0o666, dir_fd=draft.folder)
        self._staged.append((path, draft, target))
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if mode is not None:
                os.fchmod(file.fileno(), mode)

    def commit(self) -> None:
        """Put everything in its place."""
        for path, entry in self._leaving:
            self.at = path
            aside = _Entry(entry.folder, f".{secrets.token_hex(4)}{self._suffix}")
            entry.move_to(aside)
            self._aside.append((aside, entry))
        for path, draft, target in self._staged:
            self.at = path
            draft.move_to(target)
            self._placed.append(target)
        for aside, _ in self._aside:
            with suppress(OSError):
                aside.remove()

    def roll_back(self) -> None:
        """Put back what was there, and take away what was not."""
        for target in self._placed:
            with suppress(OSError):
                target.remove()
        for aside, entry in self._aside:
            with suppress(OSError):
                aside.move_to(entry)
        for _, draft, _ in self._staged:
            with suppress(OSError):
                draft.remove()
        for folder, name in reversed(self._made):
            with suppress(OSError):
                os.rmdir(name, dir_fd=folder)

    def _entry(self, path: str, *, make: bool) -> _Entry:
        *folders, name = path.split("/")
        at = self._root
        for folder in folders:
            if make:
                self._make(folder, at)
            inner = os.open(folder, _FOLDER, dir_fd=at)
            self._opened.callback(os.close, inner)
            at = inner
        return _Entry(at, name)

    def _make(self, name: str, parent: int) -> None:
        try:
            os.mkdir(name, dir_fd=parent)
        except FileExistsError:
            return
        self._made.append((parent, name))
