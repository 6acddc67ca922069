"""The tree of errors."""

from __future__ import annotations

import inspect
import re
from datetime import timedelta

import pytest

from domain import errors
from domain.errors import AgentError, EditsRefused, Interruption, ModelUnavailable, PermanentError, TransientError

ALL = [thing for _, thing in inspect.getmembers(errors, inspect.isclass) if issubclass(thing, AgentError)]


def drawn_parents() -> dict[str, str]:
    """Each class of the drawing at the top of the file, with the one that it hangs from."""
    parents: dict[str, str] = {}
    open_at: list[tuple[int, str]] = [(-1, "Exception")]
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"([ │├└─]+)([A-Z][A-Za-z]+)(?=\s{2}|$)", line)
        if found:
            depth = len(found[1])
            open_at = [entry for entry in open_at if entry[0] < depth]
            parents[found[2]] = open_at[-1][1]
            open_at.append((depth, found[2]))
    return parents


def test_the_drawing_shows_the_tree_as_it_is() -> None:
    assert drawn_parents() == {error.__name__: error.__bases__[0].__name__ for error in ALL}


@pytest.mark.parametrize("error", [error for error in ALL if error is not AgentError])
def test_every_error_is_of_exactly_one_kind(error: type[AgentError]) -> None:
    kinds = [kind for kind in (TransientError, PermanentError, Interruption) if issubclass(error, kind)]
    assert len(kinds) == 1


def test_a_transient_error_carries_the_wait_that_was_asked_for() -> None:
    assert ModelUnavailable("busy", retry_after=timedelta(seconds=7)).retry_after == timedelta(seconds=7)
    assert ModelUnavailable("busy").retry_after is None


def test_refused_edits_carry_their_problems() -> None:
    error = EditsRefused("two edits do not fit", problems=["one", "two"])
    assert str(error) == "two edits do not fit"
    assert error.problems == ("one", "two")
