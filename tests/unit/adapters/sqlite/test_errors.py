"""How SQLite's errors are told."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from adapters.sqlite.errors import ERRORS, translate, translated
from domain.errors import InvalidInput, QueueUnavailable

PATH = Path("queue.sqlite3")


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("in SQLite's words")
    error.sqlite_errorcode = code
    return error


def test_every_primary_result_code_that_is_an_error_is_translated() -> None:
    documented = range(1, 27)  # sqlite.org/rescode.html: 27 and 28 are log notices, 100 and 101 are successes
    assert set(ERRORS) == set(documented)


@pytest.mark.parametrize(("code", "kind"), ERRORS.items())
def test_an_extended_code_is_told_like_its_primary_one(code: int, kind: type[Exception]) -> None:
    assert type(translate(sqlite_error(code), PATH)) is kind
    assert type(translate(sqlite_error(code | 5 << 8), PATH)) is kind


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, QueueUnavailable),
        (errno.EMFILE, QueueUnavailable),
        (errno.EIO, QueueUnavailable),
        (errno.EACCES, InvalidInput),
        (errno.ENOTDIR, InvalidInput),
        (errno.EROFS, InvalidInput),
    ],
)
def test_tells_an_error_of_the_system_by_whether_it_may_pass(number: int, kind: type[Exception]) -> None:
    error = translate(OSError(number, os.strerror(number)), PATH)
    assert type(error) is kind
    assert os.strerror(number) in str(error)


def test_python_s_own_complaint_is_permanent() -> None:
    assert isinstance(translate(sqlite3.ProgrammingError("wrong thread"), PATH), InvalidInput)


def test_names_the_file_and_keeps_the_cause() -> None:
    words = r"queue\.sqlite3 cannot be used now: in SQLite's words"
    with pytest.raises(QueueUnavailable, match=words) as caught, translated(PATH):
        raise sqlite_error(sqlite3.SQLITE_BUSY)
    assert isinstance(caught.value.__cause__, sqlite3.Error)


def test_lets_other_errors_pass() -> None:
    with pytest.raises(ZeroDivisionError), translated(PATH):
        raise ZeroDivisionError
