"""The table from what goes wrong in a folder to the errors of the domain."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pygit2
import pytest

from adapters.local_forge.errors import TRANSLATED, translate, translated
from adapters.local_forge.flat_toml import Malformed
from domain.errors import AgentError, ForgeUnavailable, InvalidInput, NotFound, PermissionRefused

if TYPE_CHECKING:
    from domain.errors import PermanentError

PERMANENT: dict[int, type[PermanentError]] = {
    errno.ENOENT: NotFound,
    errno.ENOTDIR: NotFound,
    errno.EISDIR: NotFound,
    errno.ENAMETOOLONG: NotFound,
    errno.ELOOP: NotFound,
    errno.EACCES: PermissionRefused,
    errno.EPERM: PermissionRefused,
    errno.EROFS: PermissionRefused,
}
"""All others may pass by themselves."""


def _undecodable() -> UnicodeDecodeError:
    return UnicodeDecodeError("utf-8", b"one\ntwo\n\xff", 8, 9, "invalid start byte")


def _unencodable() -> UnicodeEncodeError:
    return UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_every_system_error_has_a_place(number: int) -> None:
    error = translate(OSError(number, "Some reason", "/srv/forge/acme/shop/issues/1.md"), "acme/shop/issues/1.md")

    assert type(error) is PERMANENT.get(number, ForgeUnavailable)
    assert "acme/shop/issues/1.md" in str(error)
    assert "/srv" not in str(error)


@pytest.mark.parametrize("kind", [OSError, *OSError.__subclasses__()])
def test_a_system_error_without_a_number_may_pass(kind: type[OSError]) -> None:
    assert type(translate(kind("odd"), "acme/shop")) is ForgeUnavailable


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (Malformed(3, "`draft` must be true or false"), "a/b.md, line 3: `draft` must be true or false"),
        (_undecodable(), "a/b.md, line 3: the file must be UTF-8 text"),
        (_unencodable(), "a/b.md: the text holds half a character (a surrogate) and cannot be stored"),
        (pygit2.GitError("two\nlines"), "a/b.md is not a git repository that can be read: two lines"),
    ],
)
def test_what_a_person_must_mend_is_named(error: Exception, message: str) -> None:
    found = translate(error, "a/b.md")

    assert type(found) is InvalidInput
    assert str(found) == message


@pytest.mark.parametrize(
    "error", [OSError(errno.EIO, "x"), _undecodable(), _unencodable(), Malformed(1, "x"), pygit2.GitError("x")]
)
def test_whatever_is_in_the_table_is_translated(error: Exception) -> None:
    with pytest.raises(AgentError) as caught, translated("acme/shop"):
        raise error

    assert caught.value.__cause__ is error
    assert isinstance(error, TRANSLATED)


def test_a_mistake_of_the_programs_own_is_not_dressed_up() -> None:
    with pytest.raises(ZeroDivisionError), translated("acme/shop"):
        raise ZeroDivisionError
