"""One connection to a server, and what is done over it."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import pygit2

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from adapters.git.http_callbacks import Conversation


class Direction(IntEnum):
    """What the connection is for, as libgit2 numbers it (git_direction)."""

    FETCH = 0
    PUSH = 1


class Line:
    """One connection. What the server has is known as soon as it is made."""

    def __init__(self, repository: pygit2.Repository, conversation: Conversation, direction: Direction) -> None:
        self.conversation = conversation
        self._repository = repository
        self._remote = repository.remotes.create_anonymous(conversation.source.url)
        self._remote.connect(callbacks=conversation, direction=direction)
        self._announced = self._remote.list_heads(connect=False)
        self.heads: Mapping[str, pygit2.Oid] = {head.name: head.oid for head in self._announced if head.name}

    @property
    def default_branch(self) -> str:
        """What the server's HEAD is at: by name, or else the branch at the same commit; "" if there is none."""
        targets = [head.symref_target for head in self._announced if head.name == "HEAD" and head.symref_target]
        head = self.heads.get("HEAD")
        same = sorted(name for name, commit in self.heads.items() if commit == head and name.startswith("refs/heads/"))
        return next(iter([*targets, *same]), "").removeprefix("refs/heads/")

    def fetch(self, name: str, into: str) -> pygit2.Oid:
        """One reference or commit id, one commit deep; the commit that it leads to."""
        self._remote.fetch([f"+{name}:{into}"], callbacks=self.conversation, depth=1)
        return self._repository.references[into].peel(pygit2.Commit).id

    def fetch_all(self) -> None:
        """All branches and tags with their history."""
        specs = ["+refs/heads/*:refs/agent/all/heads/*", "+refs/tags/*:refs/agent/all/tags/*"]
        self._remote.fetch(specs, callbacks=self.conversation)

    def push(self, spec: str, expected: AbstractSet[pygit2.Oid | None]) -> None:
        """Send; whether the server took it is in the conversation's refusals."""
        self.conversation.expect(expected)
        self._remote.push([spec], callbacks=self.conversation)
