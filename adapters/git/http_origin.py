"""A repository on a server, over smart HTTP.

One branch is fetched, one commit deep. Neither the URL nor the token is written down: the remote has no name and so no
configuration, and the token is given in answer to libgit2's question only. Redirects are not followed and no proxy is
used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pygit2

from adapters.git.branch_names import branch_reference
from adapters.git.errors import NETWORK, translated
from adapters.git.http_callbacks import Conversation
from adapters.git.http_line import Direction, Line
from adapters.git.origin import Moved, Revision
from adapters.git.words import one_line
from domain.errors import NotFound, PermanentError, PushRejected

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from adapters.git.source import HttpSource
    from adapters.git.stop import Stop

_BASE = "refs/agent/base"
_TIP = "refs/agent/tip"
_PUSHED = "refs/agent/pushed"
_WHOLE_ID = re.compile(r"[0-9a-f]{40}")
_SOME_ID = re.compile(r"[0-9a-f]{7,40}")


class HttpOrigin:
    """Fetches into, and pushes from, the given repository."""

    def __init__(self, source: HttpSource, repository: pygit2.Repository, max_bytes: int) -> None:
        self._source = source
        self._repository = repository
        self._max_bytes = max_bytes
        repository.config["http.followRedirects"] = "false"

    def resolve(self, revision: str, stop: Stop) -> Revision:
        """Branch before tag before commit id, as the server knows them."""
        with translated(NETWORK, self._source.token):
            return self._resolve(revision, self._dial(stop), stop)

    def tip(self, branch: str, stop: Stop) -> pygit2.Oid | None:
        """Ask where the branch is, and fetch that one commit if it is not here."""
        with translated(NETWORK, self._source.token):
            line = self._dial(stop)
            commit = line.heads.get(branch_reference(branch))
            if commit is None or commit in self._repository:
                return commit
            return line.fetch(branch_reference(branch), _TIP)

    def push(self, branch: str, commit: pygit2.Oid, expected: AbstractSet[pygit2.Oid | None], stop: Stop) -> None:
        """Send what the server lacks; it holds the branch to the place that it announced."""
        self._repository.references.create(_PUSHED, commit, force=True)
        with translated(NETWORK, self._source.token):
            line = self._dial(stop, Direction.PUSH)
            if line.heads.get(branch_reference(branch)) not in expected:
                raise Moved
            line.push(f"{_PUSHED}:{branch_reference(branch)}", expected)
        if line.conversation.refusals:
            raise PushRejected(self._refusal(branch, line.conversation))

    def close(self) -> None:
        """A connection lasts no longer than its call."""

    def _dial(self, stop: Stop, direction: Direction = Direction.FETCH) -> Line:
        return Line(self._repository, Conversation(self._source, stop, self._max_bytes), direction)

    def _resolve(self, revision: str, line: Line, stop: Stop) -> Revision:
        if not line.heads:
            message = "The repository has no commits yet, so there is nothing to start from"
            raise NotFound(message)
        branch = revision or line.default_branch
        for name, found in ((f"refs/heads/{branch}", branch), (f"refs/tags/{branch}", "")):
            if name in line.heads:
                return Revision(line.fetch(name, _BASE), found)
        if not revision:
            return Revision(line.fetch("HEAD", _BASE), "")
        if _SOME_ID.fullmatch(revision):
            return Revision(self._commit_by_id(revision, line, stop), "")
        raise NotFound(_unknown(revision))

    def _commit_by_id(self, revision: str, line: Line, stop: Stop) -> pygit2.Oid:
        """One commit deep where the server gives out commits by id, otherwise from all branches and tags."""
        if _WHOLE_ID.fullmatch(revision):
            try:
                with translated(NETWORK):
                    return line.fetch(revision, _BASE)
            except PermanentError:  # many servers give out only what a branch or tag is at
                line = self._dial(stop)
        return self._commit_of_history(revision, line)

    def _commit_of_history(self, revision: str, line: Line) -> pygit2.Oid:
        line.fetch_all()
        try:
            return self._repository[revision].peel(pygit2.Commit).id
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise NotFound(_unknown(revision)) from error

    def _refusal(self, branch: str, conversation: Conversation) -> str:
        said = one_line("; ".join(conversation.refusals), self._source.token)
        remarks = one_line("".join(conversation.remarks), self._source.token)
        return f"The git server refused {branch}: {said}" + (f" ({remarks})" if remarks else "")


def _unknown(revision: str) -> str:
    return f"The repository has no branch, tag or commit {revision!r}"
