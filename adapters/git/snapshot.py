"""One commit's tree, read from the object database."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pygit2
from pygit2.enums import FileMode, ObjectType

from application.ports.vcs import EntryKind, TreeEntry
from domain.errors import RepositoryTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from adapters.git.stop import Stop

_KINDS: Mapping[int, EntryKind] = {
    FileMode.BLOB_EXECUTABLE: EntryKind.EXECUTABLE,
    FileMode.LINK: EntryKind.SYMLINK,
    FileMode.COMMIT: EntryKind.SUBMODULE,
}
_READABLE = frozenset({EntryKind.FILE, EntryKind.EXECUTABLE})


@dataclass(frozen=True, slots=True)
class Leaf:
    """A path of the tree that is no folder."""

    kind: EntryKind
    blob: pygit2.Oid

    @property
    def is_file(self) -> bool:
        """Whether it has content of its own: no link, no submodule."""
        return self.kind in _READABLE


class Snapshot:
    """A commit and all its paths. A path that is not UTF-8 is named as the operating system's interface would.

    Raises `RepositoryTooLarge` for a tree of more than `max_files` paths.
    """

    def __init__(self, repository: pygit2.Repository, commit: pygit2.Oid, max_files: int, stop: Stop) -> None:
        self.repository = repository
        self.commit = commit
        self.tree = repository[commit].peel(pygit2.Tree)
        self.leaves: Mapping[str, Leaf] = dict(sorted(_leaves(self.tree, max_files, stop)))

    def entries(self, stop: Stop) -> tuple[TreeEntry, ...]:
        """All paths, sorted; an object that is missing counts 0 bytes."""
        return tuple(self._entry(path, leaf, stop) for path, leaf in self.leaves.items())

    def read(self, paths: Iterable[str], stop: Stop) -> dict[str, bytes]:
        """The content of those that are files and can be read."""
        contents = ((path, self._content(path, stop)) for path in paths)
        return {path: content for path, content in contents if content is not None}

    def _entry(self, path: str, leaf: Leaf, stop: Stop) -> TreeEntry:
        stop.check()
        return TreeEntry(path, leaf.kind, self._size(leaf), str(leaf.blob))

    def _size(self, leaf: Leaf) -> int:
        if leaf.kind is EntryKind.SUBMODULE:
            return 0
        try:
            return self.repository.odb.read_header(leaf.blob)[1]
        except (pygit2.GitError, KeyError):
            return 0

    def _content(self, path: str, stop: Stop) -> bytes | None:
        stop.check()
        leaf = self.leaves.get(path)
        return blob_content(self.repository, leaf.blob) if leaf is not None and leaf.is_file else None


def blob_content(repository: pygit2.Repository, blob: pygit2.Oid) -> bytes | None:
    """A blob's bytes; None where the object is missing or damaged."""
    try:
        kind, content = repository.odb.read(blob)
    except (pygit2.GitError, KeyError):
        return None
    return content if kind == ObjectType.BLOB else None


def _leaves(root: pygit2.Tree, max_files: int, stop: Stop) -> Iterator[tuple[str, Leaf]]:
    count = 0
    folders: list[tuple[bytes, pygit2.Tree]] = [(b"", root)]
    while folders:
        stop.check()
        prefix, folder = folders.pop()
        for item in folder:
            path = prefix + (item.raw_name or b"")
            if isinstance(item, pygit2.Tree):
                folders.append((path + b"/", item))
                continue
            count += 1
            if count > max_files:
                message = f"The repository has more than {max_files} files"
                raise RepositoryTooLarge(message)
            yield os.fsdecode(path), Leaf(_KINDS.get(item.filemode, EntryKind.FILE), item.id)
