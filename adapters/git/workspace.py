"""One revision of a repository: what is done in the workspace's thread, and the port in front of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pygit2

from adapters.git.change_tree import changed_tree
from adapters.git.commit_text import trailers_of, written
from adapters.git.errors import DISK, translated
from adapters.git.publishing import Proposal, publish
from adapters.git.unified_diff import unified_diff
from application.ports.vcs import BranchTip, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from adapters.git.origin import Origin, Revision
    from adapters.git.serial_thread import SerialThread
    from adapters.git.snapshot import Snapshot
    from adapters.git.stop import Stop
    from application.ports.vcs import CommitMessage, TreeEntry
    from domain.change_set import ChangeSet


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be committed, by whom, and which commit it joins besides the one that was read ("": none)."""

    changes: ChangeSet
    message: CommitMessage
    identity: pygit2.Signature
    joining: str = ""


class Checkout:
    """A revision that has been brought here, without a working tree. Its calls block and come from one thread."""

    def __init__(self, origin: Origin, revision: Revision, snapshot: Snapshot) -> None:
        self.revision = revision
        self.snapshot = snapshot
        self._origin = origin

    def diff(self, changes: ChangeSet) -> str:
        """The change as a unified diff."""
        with translated(DISK):
            return unified_diff(self.snapshot, changed_tree(self.snapshot, changes))

    def branch_tip(self, branch: str, stop: Stop) -> BranchTip | None:
        """The branch as it is now."""
        tip = self._origin.tip(branch, stop)
        if tip is None:
            return None
        with translated(DISK):
            commit = self.snapshot.repository[tip].peel(pygit2.Commit)
            message = commit.raw_message.decode("utf-8", "replace")
            email = commit.author.raw_email or b""
            return BranchTip(str(tip), email.decode("utf-8", "replace"), message, trailers_of(message))

    def push(self, branch: str, change: Change, stop: Stop) -> str:
        """Commit, and publish the commit."""
        joining = pygit2.Oid(hex=change.joining) if change.joining else None
        with translated(DISK):
            tree = changed_tree(self.snapshot, change.changes)
            parents = [joining, self.revision.commit] if joining else [self.revision.commit]
            repository = self.snapshot.repository
            text = written(change.message)
            commit = repository.create_commit(None, change.identity, change.identity, text, tree, parents)
        return str(publish(self._origin, Proposal(repository, commit, self.revision, joining), branch, stop))


class PyGitWorkspace(Workspace):
    """A checkout, asked from the event loop."""

    def __init__(
        self, checkout: Checkout, thread: SerialThread, seconds: float, identity: Callable[[], pygit2.Signature]
    ) -> None:
        self._checkout = checkout
        self._thread = thread
        self._seconds = seconds
        self._identity = identity

    @property
    def base(self) -> str:
        """See the port."""
        return str(self._checkout.revision.commit)

    @property
    def branch(self) -> str:
        """See the port."""
        return self._checkout.revision.branch

    async def entries(self) -> Sequence[TreeEntry]:
        """See the port."""
        return await self._thread.run(self._checkout.snapshot.entries, self._seconds)

    async def read(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        """See the port."""
        wanted = tuple(paths)
        return await self._thread.run(lambda stop: self._checkout.snapshot.read(wanted, stop), self._seconds)

    async def diff(self, changes: ChangeSet) -> str:
        """See the port; raises `EditsRefused`."""
        return await self._thread.run(lambda _: self._checkout.diff(changes), self._seconds)

    async def branch_tip(self, branch: str) -> BranchTip | None:
        """See the port."""
        return await self._thread.run(lambda stop: self._checkout.branch_tip(branch, stop), self._seconds)

    async def push(self, branch: str, changes: ChangeSet, message: CommitMessage, *, joining: str = "") -> str:
        """See the port; raises `EditsRefused` too."""
        change = Change(changes, message, self._identity(), joining)
        return await self._thread.run(lambda stop: self._checkout.push(branch, change, stop), self._seconds)
