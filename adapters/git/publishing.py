"""A commit put on a branch: found or made, and never over somebody's work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pygit2

from adapters.git.origin import Moved
from domain.errors import BranchExists, NotFastForward, PushRejected, RemoteUnavailable

if TYPE_CHECKING:
    from adapters.git.origin import Origin, Revision
    from adapters.git.stop import Stop
    from domain.errors import PushRefused


@dataclass(frozen=True, slots=True)
class Proposal:
    """A commit in the temporary repository, on top of what was read.

    `joining` is the commit that the branch must be at, where the new one joins it to what was read.
    """

    repository: pygit2.Repository
    commit: pygit2.Oid
    base: Revision
    joining: pygit2.Oid | None = None

    def expected(self, branch: str) -> frozenset[pygit2.Oid | None]:
        """Where the branch may be for this commit to be put on it (None: it may not be there yet)."""
        if self.joining:
            return frozenset({self.joining})
        return frozenset({self.base.commit} if branch == self.base.branch else {self.base.commit, None})


def publish(origin: Origin, proposal: Proposal, branch: str, stop: Stop) -> pygit2.Oid:
    """Push the commit; gives the id of the commit that the branch is at then.

    A branch that was read, or is joined, must still be where it was; another one must be new, or at the base. One that
    is at the same work already (tree, parents and message) is left as it is.
    """
    commit, expected = proposal.commit, proposal.expected(branch)
    try:
        origin.push(branch, commit, expected, stop)
    except (Moved, PushRejected, RemoteUnavailable) as failure:
        tip = origin.tip(branch, stop)
        if tip is not None and _same_work(proposal.repository, commit, tip):
            return tip  # it was there before, or only the server's answer was lost
        if tip in expected and not isinstance(failure, Moved):
            raise
        raise _elsewhere(branch, proposal) from failure
    return commit


def _same_work(repository: pygit2.Repository, ours: pygit2.Oid, theirs: pygit2.Oid) -> bool:
    one, other = (repository[commit].peel(pygit2.Commit) for commit in (ours, theirs))
    return (one.tree_id, one.parent_ids, one.raw_message) == (other.tree_id, other.parent_ids, other.raw_message)


def _elsewhere(branch: str, proposal: Proposal) -> PushRefused:
    if proposal.joining or branch == proposal.base.branch:
        return NotFastForward(f"The branch {branch} has moved since it was read; it is left as it is")
    return BranchExists(f"The branch {branch} exists and holds other work; it is left as it is")
