"""A bare repository whose only commit holds the files of a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pygit2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

_LEFT_OUT = {".git", "__pycache__"}
_EXECUTABLE = 0o111


def seed_bare_repository(bare: Path, files: Path, *, branch: str, author: str, at: datetime) -> str:
    """Make `bare` with the files below `files` on `branch`; returns the commit's id.

    The same files, author and time give the same commit. `.git` and `__pycache__` are left out; a symbolic link is
    committed as one.
    """
    repository = pygit2.init_repository(str(bare), bare=True, initial_head=branch)
    try:
        index = pygit2.Index()
        for path in sorted(_files_below(files)):
            index.add(_entry(repository, files, path))
        tree = index.write_tree(repository)
        who = pygit2.Signature(author, f"{author}@localhost", int(at.timestamp()), 0)
        commit = repository.create_commit(f"refs/heads/{branch}", who, who, "Initial commit\n", tree, [])
    finally:
        repository.free()
    return str(commit)


def _files_below(folder: Path) -> Iterator[Path]:
    for child in folder.iterdir():
        if child.name in _LEFT_OUT:
            continue
        if child.is_dir() and not child.is_symlink():
            yield from _files_below(child)
        else:
            yield child


def _entry(repository: pygit2.Repository, folder: Path, path: Path) -> pygit2.IndexEntry:
    name = path.relative_to(folder).as_posix()
    if path.is_symlink():
        return pygit2.IndexEntry(name, repository.create_blob(os.fsencode(path.readlink())), pygit2.enums.FileMode.LINK)
    executable = path.stat().st_mode & _EXECUTABLE
    mode = pygit2.enums.FileMode.BLOB_EXECUTABLE if executable else pygit2.enums.FileMode.BLOB
    return pygit2.IndexEntry(name, repository.create_blob(path.read_bytes()), mode)
