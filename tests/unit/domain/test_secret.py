"""A string that does not print itself."""

from __future__ import annotations

import traceback

from domain.secret import Secret

SECRET = Secret("hunter2")


def test_gives_its_value_only_when_asked() -> None:
    assert SECRET.reveal() == "hunter2"


def test_no_way_of_printing_shows_the_value() -> None:
    shown = [str(SECRET), repr(SECRET), f"{SECRET}", f"{SECRET!r:>20}", f"{[SECRET]}", "%s" % SECRET]  # noqa: UP031 - one of the ways
    assert not [text for text in shown if "hunter2" in text]


def test_a_traceback_does_not_show_the_value() -> None:
    shown = "".join(traceback.format_exception(ValueError("refused", SECRET)))
    assert "hunter2" not in shown


def test_an_empty_secret_is_none() -> None:
    assert SECRET
    assert not Secret("")
    assert repr(Secret("")) == "Secret('')"


def test_equal_values_are_equal_secrets() -> None:
    assert Secret("hunter2") == SECRET
    assert Secret("other") != SECRET
