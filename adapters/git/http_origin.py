"""A repository on a server, over smart HTTP.

One branch is fetched, one commit deep. Neither the URL nor the token is written down: the remote has no name and so no
configuration, and the token is given in answer to libgit2's question only. Only the
proxy that the source names is used. A redirect is followed on the same host only (a repository that was renamed), and
the token is not sent along.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pygit2

from adapters.git.branch_names import branch_reference, is_reference
from adapters.git.errors import NETWORK, translated
from adapters.git.http_callbacks import Conversation
from adapters.git.origin import Revision
from adapters.git.words import one_line
from domain.errors import NotFound, PushRejected

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from pygit2.remotes import RemoteHead

    from adapters.git.source import HttpSource
    from adapters.git.stop import Stop

_HEAD, _BRANCH, _TAG, _COMMIT = "refs/agent/head", "refs/agent/branch", "refs/agent/tag", "refs/agent/commit"
_PUSHED = "refs/agent/pushed"
_WHOLE_ID = re.compile(r"[0-9a-f]{40}")
_SOME_ID = re.compile(r"[0-9a-f]{7,40}")
_ALL_HISTORY = {"refs/heads/*": "refs/agent/all/heads/*", "refs/tags/*": "refs/agent/all/tags/*"}
_NO_DEPTH = 0


class HttpOrigin:
    """Fetches into, and pushes from, the given repository."""

    def __init__(self, source: HttpSource, repository: pygit2.Repository, max_bytes: int) -> None:
        self._source = source
        self._repository = repository
        self._max_bytes = max_bytes
        repository.config["http.followRedirects"] = "false"  # to libgit2: not to another host

    def resolve(self, revision: str, stop: Stop) -> Revision:
        """Branch before tag before commit id, as the server knows them."""
        with translated(NETWORK, self._source.token):
            return self._default(stop) if revision in {"", "HEAD"} else self._named(revision, stop)

    def tip(self, branch: str, stop: Stop) -> pygit2.Oid | None:
        """Ask where the branch is, and fetch that one commit if it is not here."""
        name = branch_reference(branch)
        with translated(NETWORK, self._source.token):
            announced = self._fetch({name: _BRANCH}, stop)
            return self._fetched(_BRANCH) if name in announced else None

    def push(self, branch: str, commit: pygit2.Oid, expected: AbstractSet[pygit2.Oid | None], stop: Stop) -> None:
        """Send what the server lacks; it holds the branch to the place that it announced."""
        conversation = Conversation(self._source, stop, self._max_bytes, expected)
        with translated(NETWORK, self._source.token):
            self._repository.references.create(_PUSHED, commit, force=True)
            remote = self._repository.remotes.create_anonymous(self._source.url)
            remote.push([f"{_PUSHED}:{branch_reference(branch)}"], callbacks=conversation, proxy=self._source.proxy)
        if conversation.refusals:
            raise PushRejected(self._refusal(branch, conversation))

    def close(self) -> None:
        """A connection lasts no longer than its call."""

    def _fetch(self, references: Mapping[str, str], stop: Stop, depth: int = 1) -> Mapping[str, RemoteHead]:
        """Fetch those that the server has, each into its reference here; gives all that the server has, by name."""
        conversation = Conversation(self._source, stop, self._max_bytes)
        remote = self._repository.remotes.create_anonymous(self._source.url)
        specs = [f"+{theirs}:{ours}" for theirs, ours in references.items()]
        remote.fetch(specs, callbacks=conversation, depth=depth, proxy=self._source.proxy)
        return {head.name: head for head in remote.list_heads(connect=False) if head.name}

    def _fetched(self, reference: str) -> pygit2.Oid:
        return self._repository.references[reference].peel(pygit2.Commit).id

    def _default(self, stop: Stop) -> Revision:
        announced = self._fetch({"HEAD": _HEAD}, stop)
        if not announced:
            message = "The repository has no commits yet, so there is nothing to start from"
            raise NotFound(message)
        if "HEAD" not in announced:
            message = "The repository's default branch does not exist: name the branch to start from"
            raise NotFound(message)
        branch = announced["HEAD"].symref_target or ""
        return Revision(self._fetched(_HEAD), branch.removeprefix("refs/heads/"))

    def _named(self, revision: str, stop: Stop) -> Revision:
        branch, tag = f"refs/heads/{revision}", f"refs/tags/{revision}"
        if not is_reference(branch):
            raise NotFound(_unknown(revision))
        announced = self._fetch({branch: _BRANCH, tag: _TAG}, stop)
        if branch in announced:
            return Revision(self._fetched(_BRANCH), revision)
        if tag in announced:
            return Revision(self._fetched(_TAG), "")
        if not _SOME_ID.fullmatch(revision):
            raise NotFound(_unknown(revision))
        return Revision(self._by_id(revision, stop), "")

    def _by_id(self, revision: str, stop: Stop) -> pygit2.Oid:
        """One commit deep where the server gives out commits by id; many do so only for what a branch is at."""
        if _WHOLE_ID.fullmatch(revision):
            try:
                self._fetch({revision: _COMMIT}, stop)
                return self._fetched(_COMMIT)
            except (pygit2.GitError, KeyError):
                stop.check()  # what really is wrong with the server shows in the next try
        return self._from_all_history(revision, stop)

    def _from_all_history(self, revision: str, stop: Stop) -> pygit2.Oid:
        self._fetch(_ALL_HISTORY, stop, _NO_DEPTH)
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
