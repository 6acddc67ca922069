"""The one table from what pygit2 raises to the errors of the domain.

pygit2 has few exception classes; most failures are a `GitError` whose `error_class` says which part of libgit2 failed
(`git_error_t`), and only its text tells an HTTP status. The first row that fits decides, and the last row of each
table fits everything.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pygit2

from adapters.git.words import one_line
from domain.errors import (
    BranchExists,
    CredentialsRefused,
    InvalidInput,
    NotFastForward,
    NotFound,
    PushRejected,
    RemoteUnavailable,
)
from domain.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.errors import (
        AgentError,
    )

VENDOR_ERRORS = (pygit2.GitError, OSError, ValueError, KeyError)
"""All that a call of pygit2 raises when it fails; anything else is a mistake of ours."""

_INVALID, _REFERENCE = 3, 4  # GIT_ERROR_INVALID, GIT_ERROR_REFERENCE
_ANY = re.compile("")


@dataclass(frozen=True, slots=True)
class Row:
    """An error raised as this type, with this class (None: any) and text, becomes `becomes`, said as `says`."""

    raised: type[Exception]
    becomes: type[AgentError]
    says: str
    text: re.Pattern[str] = _ANY
    error_class: int | None = None

    def fits(self, error: Exception) -> bool:
        """Whether the error is one of these."""
        return (
            isinstance(error, self.raised)
            and self.error_class in {None, getattr(error, "error_class", None)}
            and self.text.search(str(error)) is not None
        )


def _status(codes: str) -> re.Pattern[str]:
    return re.compile(rf"http status code: (?:{codes})$")


NETWORK: tuple[Row, ...] = (
    Row(
        pygit2.AuthError,
        CredentialsRefused,
        "The git server wants to know who we are: set a token for it, and check the repository's name",
    ),
    Row(
        pygit2.CertificateError,
        InvalidInput,
        "The git server's certificate is not trusted: name its authority's file as CA_BUNDLE_PATH ({words})",
    ),
    Row(
        pygit2.GitError,
        CredentialsRefused,
        "The git server does not allow this: check that the token may read this repository and write its contents",
        text=_status("401|403"),
    ),
    Row(
        pygit2.GitError,
        NotFound,
        "The git server knows no such repository, or hides it from us: check its name, and what the token may see",
        text=_status("404|410"),
    ),
    Row(
        pygit2.GitError,
        PushRejected,
        "The git server finds the push too large",
        text=_status("413"),
    ),
    Row(
        pygit2.GitError, RemoteUnavailable, "The git server cannot do it now: {words}", text=_status("408|425|429|5..")
    ),
    Row(
        pygit2.GitError,
        InvalidInput,
        "The git server does not take this for a git request: {words}",
        text=_status("4.."),
    ),
    Row(
        pygit2.GitError,
        InvalidInput,
        "The git server sends us elsewhere, which is not followed: give the repository's present URL",
        text=re.compile("redirect"),
    ),
    Row(pygit2.GitError, NotFound, "The git server has no such commit", text=re.compile("not our ref")),
    Row(
        pygit2.GitError,
        NotFastForward,
        "The branch holds commits that this change does not build on; it is left as it is",
        error_class=_REFERENCE,
    ),
    Row(pygit2.NotFoundError, NotFound, "git cannot find it: {words}"),
    Row(pygit2.InvalidSpecError, InvalidInput, "git does not accept the name: {words}"),
    Row(pygit2.InvalidError, InvalidInput, "git does not accept it: {words}"),
    Row(pygit2.GitError, InvalidInput, "git does not accept it: {words}", error_class=_INVALID),
    Row(UnicodeDecodeError, RemoteUnavailable, "The git server broke the protocol with a text that is not UTF-8"),
    Row(Exception, RemoteUnavailable, "The git server could not be reached, or broke off: {words}"),
)
"""What happens on the way to a server."""

DISK: tuple[Row, ...] = (
    Row(pygit2.AlreadyExistsError, BranchExists, "The branch is there already: {words}"),
    Row(
        pygit2.GitError,
        InvalidInput,
        "The repository belongs to another user: run as its owner, or give its files to us ({words})",
        text=re.compile("not owned"),
    ),
    Row(
        pygit2.GitError,
        RemoteUnavailable,
        "Another git process is at work in the repository: {words}",
        text=re.compile("lock"),
    ),
    Row(pygit2.NotFoundError, NotFound, "git cannot find it: {words}"),
    Row(pygit2.GitError, InvalidInput, "The repository is damaged, or of a kind that is not supported: {words}"),
    Row(PermissionError, InvalidInput, "The repository's files cannot be read or written by us: {words}"),
    Row(OSError, RemoteUnavailable, "The disk failed: {words}"),
    Row(Exception, InvalidInput, "The repository is damaged, or of a kind that is not supported: {words}"),
)
"""What happens in a repository on this disk, or in the temporary one."""


def translate(error: Exception, table: tuple[Row, ...], secret: Secret) -> AgentError:
    """The domain's error for one of `VENDOR_ERRORS`; its text is one line and holds no secret."""
    row = next(row for row in table if row.fits(error))
    return row.becomes(row.says.format(words=one_line(str(error), secret)))


@contextlib.contextmanager
def translated(table: tuple[Row, ...], secret: Secret = Secret("")) -> Iterator[None]:
    """Inside, what pygit2 raises becomes the domain's error."""
    try:
        yield
    except VENDOR_ERRORS as error:
        raise translate(error, table, secret) from error
