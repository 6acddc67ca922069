"""Version control: reading a revision of a repository, and putting a commit on a branch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from application.effects import effect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from domain.change_set import ChangeSet
    from domain.repository import GitSource


class EntryKind(StrEnum):
    """What a path of the tree is."""

    FILE = "file"
    EXECUTABLE = "executable"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A path of the tree; `size` in bytes (0 for a submodule), `blob` the object's id."""

    path: str
    kind: EntryKind
    size: int
    blob: str


@dataclass(frozen=True, slots=True)
class CommitMessage:
    """What a commit says: subject, body, and trailers such as `Task-Id`."""

    subject: str
    body: str = ""
    trailers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BranchTip:
    """The newest commit of a branch."""

    commit: str
    author_email: str
    message: str
    trailers: Mapping[str, str]


class Workspace(Protocol):
    """One revision of a repository. Nothing of it is on disk as a working tree."""

    @property
    def base(self) -> str:
        """The id of the commit that is read, and that a change goes on top of."""

    @property
    def branch(self) -> str:
        """The branch that `base` is the tip of; "" when a revision was asked for that is none."""

    async def entries(self) -> Sequence[TreeEntry]:
        """All paths of the tree, sorted, submodules and links included."""

    async def read(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        """The content of files; a path that is no readable file (missing, link, submodule) is left out."""

    async def diff(self, changes: ChangeSet) -> str:
        """The change as a unified diff in git's form."""

    async def branch_tip(self, branch: str) -> BranchTip | None:
        """The tip of a branch of the repository that was opened, asked for now; None where there is none."""

    @effect
    async def push(self, branch: str, changes: ChangeSet, message: CommitMessage, *, joining: str = "") -> str:
        """Commit the change on top of `base`, put it on `branch` (new, or a fast-forward), return the commit's id.

        An empty change makes an empty commit. The branch's default author is the agent. A branch that is at
        that very commit's tree, parents and message already is left as it is.

        `joining` brings a branch up to date that began at an older base: it is the commit that the branch is at, as
        `branch_tip` told, and becomes the first parent, `base` the second. The tree is that of `base` with the change:
        what the branch held by itself is not in it.

        Raises `BranchExists`/`NotFastForward` when the branch is elsewhere, `PushRejected` with the server's words,
        `CredentialsRefused`, `RemoteUnavailable`.
        """


class Vcs(Protocol):
    """Repositories by URL or path."""

    def open(self, source: GitSource, revision: str = "") -> AbstractAsyncContextManager[Workspace]:
        """A workspace at `revision` (branch, tag or commit id; "" or HEAD: the default branch); it leaves no trace.

        Raises on entry `NotFound`, `CredentialsRefused`, `RemoteUnavailable`, `RepositoryTooLarge`.
        """
