from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pygit2
import pytest

from adapters.git.errors import DISK, NETWORK, VENDOR_ERRORS, translate, translated
from domain.errors import (
    BranchExists,
    CredentialsRefused,
    InvalidInput,
    NotFastForward,
    NotFound,
    PermanentError,
    PushRejected,
    RemoteUnavailable,
    TransientError,
)
from domain.secret import Secret

if TYPE_CHECKING:
    from adapters.git.errors import Row
    from domain.errors import (
        AgentError,
    )

TOKEN = Secret("t0k3n")
NO_CLASS, LAST_CLASS = 0, 36  # git_error_t


class _ClassedError(pygit2.GitError):
    def __init__(self, message: str, error_class: int) -> None:
        super().__init__(message)
        self.error_class = error_class


def _kinds(root: type[Exception]) -> list[type[Exception]]:
    return [root, *itertools.chain.from_iterable(_kinds(kind) for kind in root.__subclasses__())]


def _all_vendor_errors() -> list[Exception]:
    named = [kind("t0k3n\nwords") for kind in _kinds(pygit2.GitError) if kind is not _ClassedError]
    classed = [_ClassedError("t0k3n\nwords", number) for number in range(NO_CLASS, LAST_CLASS + 1)]
    return [*named, *classed, OSError(28, "t0k3n"), PermissionError("t0k3n"), KeyError("t0k3n"), ValueError("t0k3n")]


@pytest.mark.parametrize("table", [NETWORK, DISK], ids=["network", "disk"])
@pytest.mark.parametrize("error", _all_vendor_errors(), ids=lambda error: type(error).__name__)
def test_every_vendor_error_becomes_one_of_ours_in_one_line_without_the_token(
    table: tuple[Row, ...], error: Exception
) -> None:
    ours = translate(error, table, TOKEN)
    assert isinstance(ours, (TransientError, PermanentError))
    assert "\n" not in str(ours)
    assert "t0k3n" not in str(ours)


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (pygit2.AuthError("remote authentication required"), CredentialsRefused),
        (pygit2.CertificateError("the SSL certificate is invalid"), InvalidInput),
        (_ClassedError("unexpected http status code: 401", 34), CredentialsRefused),
        (_ClassedError("unexpected http status code: 403", 34), CredentialsRefused),
        (_ClassedError("unexpected http status code: 404", 34), NotFound),
        (_ClassedError("unexpected http status code: 410", 34), NotFound),
        (_ClassedError("unexpected http status code: 413", 34), PushRejected),
        (_ClassedError("unexpected http status code: 408", 34), RemoteUnavailable),
        (_ClassedError("unexpected http status code: 429", 34), RemoteUnavailable),
        (_ClassedError("unexpected http status code: 500", 34), RemoteUnavailable),
        (_ClassedError("unexpected http status code: 599", 34), RemoteUnavailable),
        (_ClassedError("unexpected http status code: 418", 34), InvalidInput),
        (_ClassedError("cannot redirect from 'a' to 'b'", 12), InvalidInput),
        (_ClassedError("too many redirects or authentication replays", 34), InvalidInput),
        (_ClassedError("remote error: upload-pack: not our ref 0123", 12), NotFound),
        (_ClassedError("cannot push non-fastforwardable reference", 4), NotFastForward),
        (_ClassedError("cannot fetch a specific object from the remote repository", 3), InvalidInput),
        (pygit2.InvalidSpecError("invalid reference name"), InvalidInput),
        (pygit2.InvalidError("invalid"), InvalidInput),
        (pygit2.NotFoundError("not there"), NotFound),
        (_ClassedError("could not read from socket: timed out", 12), RemoteUnavailable),
        (_ClassedError("failed to connect to host: Connection refused", 2), RemoteUnavailable),
        (_ClassedError("SSL error: unexpected EOF", 16), RemoteUnavailable),
        (UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "bad"), RemoteUnavailable),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value),
)
def test_what_happens_on_the_way_to_a_server(error: Exception, becomes: type[AgentError]) -> None:
    assert type(translate(error, NETWORK, TOKEN)) is becomes


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (pygit2.AlreadyExistsError("exists"), BranchExists),
        (_ClassedError("repository path '/srv/a' is not owned by current user", 7), InvalidInput),
        (_ClassedError("failed to lock file '/srv/a.lock' for writing", 2), RemoteUnavailable),
        (_ClassedError("unknown object format 'sha256'", 6), InvalidInput),
        (pygit2.NotFoundError("object not found"), NotFound),
        (PermissionError(13, "Permission denied"), InvalidInput),
        (OSError(28, "No space left on device"), RemoteUnavailable),
        (ValueError("odd"), InvalidInput),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value),
)
def test_what_happens_on_this_disk(error: Exception, becomes: type[AgentError]) -> None:
    assert type(translate(error, DISK, TOKEN)) is becomes


@pytest.mark.parametrize("table", [NETWORK, DISK], ids=["network", "disk"])
def test_every_row_can_be_reached(table: tuple[Row, ...]) -> None:
    assert len({(row.raised, row.error_class, row.text.pattern) for row in table}) == len(table)
    assert table[-1].raised is Exception


def test_a_mistake_of_ours_is_not_dressed_up() -> None:
    assert not issubclass(TypeError, VENDOR_ERRORS)
    with pytest.raises(TypeError), translated(NETWORK):
        raise TypeError


def test_our_own_errors_pass_unchanged() -> None:
    with pytest.raises(NotFound, match="mine"), translated(NETWORK):
        raise NotFound("mine")  # noqa: EM101  # the text is what is tested
