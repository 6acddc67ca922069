"""What libgit2 asks and tells during a conversation with a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygit2

from adapters.git.origin import Moved
from domain.errors import CredentialsRefused, RepositoryTooLarge

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from pygit2.enums import CredentialType
    from pygit2.remotes import PushUpdate, TransferProgress

    from adapters.git.source import HttpSource
    from adapters.git.stop import Stop

_MEBIBYTE = 1024**2
_REMARKS_KEPT = 50  # lines; a server may say more than anybody wants to read


class Conversation(pygit2.RemoteCallbacks):
    """Gives the token once and to its own server only, and breaks off when told to, or at `max_bytes`.

    A push passes only if the branch is at one of `expected` then (None: there is none).

    Raises from libgit2's call: `CredentialsRefused`, `RepositoryTooLarge`, `Stopped`, `Moved`.
    """

    def __init__(
        self, source: HttpSource, stop: Stop, max_bytes: int, expected: AbstractSet[pygit2.Oid | None] = frozenset()
    ) -> None:
        super().__init__()
        stop.check()
        self.remarks: list[str] = []
        self.refusals: list[str] = []
        self._source = source
        self._stop = stop
        self._max_bytes = max_bytes
        self._expected = expected
        self._credentials_given = False

    def credentials(self, url: str, username_from_url: str | None, allowed_types: CredentialType) -> pygit2.UserPass:
        """libgit2 asks again after each refusal, fifteen times: the second time is one too many."""
        del username_from_url, allowed_types
        if not self._source.token:
            message = "The git server wants to know who we are: set a token for it, and check the repository's name"
            raise CredentialsRefused(message)
        if not self._source.is_at(url):
            message = "The git server sent us to another one, which does not get our token"
            raise CredentialsRefused(message)
        if self._credentials_given:
            message = "The git server does not accept the token: it may have expired, or be for another server"
            raise CredentialsRefused(message)
        self._credentials_given = True
        return pygit2.UserPass(self._source.username, self._source.token.reveal())

    def transfer_progress(self, stats: TransferProgress) -> None:
        """Called for each object and piece that comes in."""
        self._stop.check()
        if stats.received_bytes > self._max_bytes:
            message = f"The repository is larger than {self._max_bytes / _MEBIBYTE:g} MiB"
            raise RepositoryTooLarge(message)

    def push_transfer_progress(self, objects_pushed: int, total_objects: int, bytes_pushed: int) -> None:
        """Called while a push goes out."""
        del objects_pushed, total_objects, bytes_pushed
        self._stop.check()

    def push_negotiation(self, updates: list[PushUpdate]) -> None:
        """The last moment before a push is sent: the server has said where its branch is, and holds it to that."""
        self._stop.check()
        if not {update.src or None for update in updates} <= self._expected:
            raise Moved

    def push_update_reference(self, refname: str, message: str | None) -> None:
        """The only word on a refused branch: the push itself returns as if all were well."""
        del refname
        if message is not None:
            self.refusals.append(message)

    def sideband_progress(self, string: str) -> None:
        """What a hook prints."""
        self._stop.check()
        if len(self.remarks) < _REMARKS_KEPT:
            self.remarks.append(string)
