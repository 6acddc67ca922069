"""What a bare repository's branches say, where a pull request depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygit2

from adapters.local_forge.errors import translated
from domain.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from pathlib import Path


def default_branch(bare: Path, name: str) -> str:
    """The branch that the repository's HEAD names, be it born or not."""
    with translated(name):
        head = (bare / "HEAD").read_text(encoding="utf-8").strip()
    return head.removeprefix("ref: ").removeprefix("refs/heads/")


def require_ahead(bare: Path, name: str, *, head: str, base: str) -> None:
    """Both branches must exist and `head` must have a commit that `base` has not; else nothing can be merged."""
    with translated(name):
        repository = pygit2.Repository(str(bare))
        try:
            ahead, _ = repository.ahead_behind(_tip(repository, head, name), _tip(repository, base, name))
        finally:
            repository.free()
    if not ahead:
        message = f"there is nothing to merge: {head!r} has no commit that {base!r} has not"
        raise InvalidInput(message)


def delete_branch(bare: Path, name: str, branch: str) -> None:
    """Delete a branch, if it is there."""
    with translated(name):
        repository = pygit2.Repository(str(bare))
        try:
            if reference := repository.references.get(f"refs/heads/{branch}"):
                reference.delete()
        finally:
            repository.free()


def _tip(repository: pygit2.Repository, branch: str, name: str) -> pygit2.Oid:
    reference = repository.references.get(f"refs/heads/{branch}")
    if reference is None:
        message = f"{name} has no branch {branch!r}"
        raise NotFound(message)
    return reference.peel(pygit2.Commit).id
