"""What a workspace needs of the place that its repository came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    import pygit2

    from adapters.git.stop import Stop


@dataclass(frozen=True, slots=True)
class Revision:
    """The commit that was asked for, and its branch ("" where a tag or a commit was named)."""

    commit: pygit2.Oid
    branch: str


class Moved(Exception):
    """The branch is not where the push expects it; nothing was changed."""


class Origin(Protocol):
    """A server or a folder. Its commits become readable in the temporary repository; calls come from one thread."""

    def resolve(self, revision: str, stop: Stop) -> Revision:
        """Make the revision readable ("" is the default branch); raises `NotFound`."""

    def tip(self, branch: str, stop: Stop) -> pygit2.Oid | None:
        """Where the branch is now, its commit made readable; None where there is none."""

    def push(self, branch: str, commit: pygit2.Oid, expected: AbstractSet[pygit2.Oid | None], stop: Stop) -> None:
        """Put the branch on a commit of the temporary repository, if it is at one of `expected` (None: nowhere).

        Raises `Moved`, and `PushRejected` where the other side says no.
        """

    def close(self) -> None:
        """Let go of what is open."""
