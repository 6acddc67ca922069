"""A change set on top of a tree: what is refused, and the tree that results."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pygit2
from pygit2.enums import FileMode

from adapters.git.snapshot import blob_content
from application.ports.vcs import EntryKind
from domain.change_set import ChangeKind
from domain.errors import EditsRefused
from domain.file_content import is_lfs_pointer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from adapters.git.snapshot import Leaf, Snapshot
    from domain.change_set import ChangeSet, FileChange

_MODES = {EntryKind.FILE: FileMode.BLOB, EntryKind.EXECUTABLE: FileMode.BLOB_EXECUTABLE}
_FORBIDDEN_PARTS = frozenset({"", ".git"})  # "." and ".." are "" without the dots at their end


def changed_tree(snapshot: Snapshot, changes: ChangeSet) -> pygit2.Oid:
    """Write the changed tree into the object database; raises `EditsRefused` for what git or we do not allow."""
    problems = tuple(_problems(snapshot, changes))
    if problems:
        message = f"The change cannot be made: {problems[0]}"
        raise EditsRefused(message, problems=problems)
    index = pygit2.Index()
    index.read_tree(snapshot.tree)
    for path in sorted(changes.removals()):
        index.remove(path)
    for change in changes:
        _put(snapshot, index, change)
    return index.write_tree(snapshot.repository)


def _put(snapshot: Snapshot, index: pygit2.Index, change: FileChange) -> None:
    if change.new_path is None or change.content is None:
        return
    before = snapshot.leaves.get(change.path)
    mode = _MODES[before.kind if before else EntryKind.FILE]
    entry = pygit2.IndexEntry(change.new_path, _blob(snapshot.repository, change.content), mode)
    try:
        index.add(entry)
    except (pygit2.GitError, ValueError) as error:  # names that mean `.git` to some file system
        problem = f"{change.new_path!r} is no path that git allows"
        raise EditsRefused(problem, problems=(problem,)) from error


def _blob(repository: pygit2.Repository, content: bytes) -> pygit2.Oid:
    """Write only what is new: rewriting a borrowed object would touch its file's date."""
    known = pygit2.hash(content)
    return known if known in repository.odb else repository.create_blob(content)


def _problems(snapshot: Snapshot, changes: ChangeSet) -> Iterator[str]:
    staying = snapshot.leaves.keys() - changes.removals()
    taken = staying | changes.writes().keys()
    folders = frozenset(folder for path in taken for folder in _folders_of(path))
    for change in changes:
        yield from _problems_of_old_path(snapshot, change)
        yield from _problems_of_new_path(change, staying, taken, folders)


def _problems_of_old_path(snapshot: Snapshot, change: FileChange) -> Iterator[str]:
    before = snapshot.leaves.get(change.path)
    if change.kind is ChangeKind.CREATE:
        if before is not None:
            yield f"{change.path} is there already"
    elif before is None:
        yield f"{change.path} does not exist"
    elif not before.is_file:
        yield f"{change.path} is a {before.kind}, which is left alone"
    elif _is_lfs(snapshot, before):
        yield f"{change.path} is kept in git LFS, which is left alone"


def _problems_of_new_path(
    change: FileChange, staying: AbstractSet[str], taken: AbstractSet[str], folders: AbstractSet[str]
) -> Iterator[str]:
    path = change.new_path
    if path is None or change.content is None:
        return
    if not _is_plain(path):
        yield f"{path!r} is no path inside the repository"
    if change.kind is ChangeKind.RENAME and path in staying:
        yield f"{path} is there already"
    if path in folders:
        yield f"{path} is a folder"
    for folder in _folders_of(path):
        if folder in taken:
            yield f"{path} cannot be inside {folder}, which is no folder"
    if is_lfs_pointer(change.content):
        yield f"{path} would hold a git LFS pointer, which is not written"


def _is_lfs(snapshot: Snapshot, leaf: Leaf) -> bool:
    content = blob_content(snapshot.repository, leaf.blob)
    return content is not None and is_lfs_pointer(content)


def _is_plain(path: str) -> bool:
    return "\x00" not in path and not any(
        _as_a_file_system_may_see(part) in _FORBIDDEN_PARTS for part in path.split("/")
    )


def _as_a_file_system_may_see(name: str) -> str:
    """Some ignore case, invisible characters, or dots and blanks at the end: `.GIT. ` is `.git` to them."""
    visible = "".join(character for character in name if unicodedata.category(character) != "Cf")
    return visible.lower().rstrip(". ")


def _folders_of(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts)))
