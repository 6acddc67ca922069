"""A repository on this disk.

Its objects are borrowed, so that nothing is copied or written before a push; a push copies the few new objects over
and moves the branch under git's own lock. Its hooks, working tree, index and HEAD are not touched.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pygit2
from pygit2.enums import ObjectType

from adapters.git.branch_names import branch_reference, is_reference
from adapters.git.errors import DISK, translated
from adapters.git.origin import Moved, Revision
from domain.errors import NotFound, PushRejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from adapters.git.source import DiskSource
    from adapters.git.stop import Stop

_ID_OR_STEPS = re.compile(r"[0-9a-f]{7,40}|[^~^:@]+([~^]\d*)+")
_BRANCHES = "refs/heads/"
_ORDER = (ObjectType.BLOB, ObjectType.TREE, ObjectType.COMMIT)


class DiskOrigin:
    """Lends its objects to `borrower`, and takes over what is pushed from there."""

    def __init__(self, source: DiskSource, borrower: pygit2.Repository, identity: pygit2.Signature) -> None:
        with translated(DISK):
            self._here = pygit2.Repository(_git_folder(source.path))
            common = _common_folder(Path(self._here.path))
            self._repository = pygit2.Repository(str(common))
            self._repository.set_ident(identity.name, identity.email)  # of the branch's log
            self._common = common
            self._borrower = borrower
            for folder in _object_folders(common / "objects"):
                borrower.odb.add_disk_alternate(str(folder))

    def resolve(self, revision: str, stop: Stop) -> Revision:
        """Branch before tag before remote branch before commit id, all with git's steps back (`main~2`, `v1^`).

        "" and HEAD are what is checked out at the path.
        """
        stop.check()
        with translated(DISK):
            if revision in {"", "HEAD"}:
                return self._head()
            for name in (_BRANCHES + revision, f"refs/tags/{revision}", f"refs/remotes/{revision}"):
                commit = self._commit_at(name)
                if commit is not None:
                    return Revision(commit, revision if name.startswith(_BRANCHES) else "")
            return Revision(self._older_commit(revision), "")

    def tip(self, branch: str, stop: Stop) -> pygit2.Oid | None:
        """Read the branch now."""
        stop.check()
        with translated(DISK):
            return self._commit_at(branch_reference(branch))

    def push(self, branch: str, commit: pygit2.Oid, expected: AbstractSet[pygit2.Oid | None], stop: Stop) -> None:
        """Copy the new objects, then move the branch if it is where it should be."""
        name = branch_reference(branch)
        with translated(DISK):
            self._refuse_what_is_checked_out(name)
            self._refuse_a_clash(name)
            for kind, content in _new_objects(self._borrower):
                stop.check()
                self._repository.odb.write(kind, content)
            self._move(name, commit, expected)

    def close(self) -> None:
        """Let go of the open files."""
        self._here.free()
        self._repository.free()

    def _head(self) -> Revision:
        if self._here.head_is_unborn:
            message = "The repository has no commits yet, so there is nothing to start from"
            raise NotFound(message)
        head = self._here.head
        branch = "" if self._here.head_is_detached else head.name.removeprefix(_BRANCHES)
        return Revision(head.peel(pygit2.Commit).id, branch)

    def _commit_at(self, name: str) -> pygit2.Oid | None:
        if not is_reference(name):
            return None
        reference = self._repository.references.get(name)
        return None if reference is None else reference.peel(pygit2.Commit).id

    def _older_commit(self, revision: str) -> pygit2.Oid:
        try:
            found = self._here.revparse_single(revision) if _ID_OR_STEPS.fullmatch(revision) else None
        except (KeyError, ValueError):  # there is none, or the short id is that of several
            found = None
        if found is None:
            message = f"The repository has no branch, tag or commit {revision!r}"
            raise NotFound(message)
        return found.peel(pygit2.Commit).id

    def _refuse_what_is_checked_out(self, name: str) -> None:
        heads = [self._common / "HEAD"] if not self._repository.is_bare else []
        heads += self._common.glob("worktrees/*/HEAD")
        if any(head.read_text().strip() == f"ref: {name}" for head in heads):
            message = f"{name.removeprefix(_BRANCHES)} is checked out, and is left alone: choose another branch"
            raise PushRejected(message)

    def _refuse_a_clash(self, name: str) -> None:
        """A reference is a file or a folder, and cannot be both."""
        for other in self._repository.references:
            if other.startswith(f"{name}/") or name.startswith(f"{other}/"):
                message = f"{name.removeprefix(_BRANCHES)} cannot be beside the branch {other.removeprefix(_BRANCHES)}"
                raise PushRejected(message)

    def _move(self, name: str, commit: pygit2.Oid, expected: AbstractSet[pygit2.Oid | None]) -> None:
        """Compare and swap: under the lock, nobody else's git moves the branch."""
        with self._repository.transaction() as transaction:
            transaction.lock_ref(name)
            if self._commit_at(name) not in expected:
                raise Moved
            transaction.set_target(name, commit, message="coding-agent: push")


def _git_folder(path: Path) -> str:
    found = pygit2.discover_repository(str(path)) if path.is_dir() else None
    if found is None:
        message = f"There is no git repository at {path}"
        raise NotFound(message)
    return found


def _common_folder(git_folder: Path) -> Path:
    """What all worktrees of a repository share; git names it in a file, where it is elsewhere."""
    pointer = git_folder / "commondir"
    return (git_folder / pointer.read_text().strip()).resolve() if pointer.exists() else git_folder


def _object_folders(first: Path) -> tuple[Path, ...]:
    """The folder and all that it borrows from itself, relative ones resolved, each once."""
    found: dict[Path, None] = {}
    waiting = [first.resolve()]
    while waiting:
        folder = waiting.pop()
        if folder not in found and folder.is_dir():
            found[folder] = None
            waiting += _lenders(folder)
    return tuple(found)


def _lenders(folder: Path) -> Iterable[Path]:
    listed = folder / "info" / "alternates"
    lines = listed.read_text().splitlines() if listed.exists() else []
    return [(folder / line).resolve() for line in lines if line and not line.startswith("#")]


def _new_objects(repository: pygit2.Repository) -> Iterator[tuple[int, bytes]]:
    """The temporary repository's own objects, each after all that it refers to."""
    own = Path(repository.path) / "objects"
    ids = [folder.name + file.name for folder in own.glob("[0-9a-f][0-9a-f]") for file in folder.iterdir()]
    objects = [repository.odb.read(one) for one in ids]
    return iter(sorted(objects, key=lambda item: _ORDER.index(item[0])))
