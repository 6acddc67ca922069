"""Branches and references by name."""

from __future__ import annotations

import pygit2

from domain.errors import InvalidInput


def branch_reference(branch: str) -> str:
    """The reference's full name; raises `InvalidInput` for what git does not allow as a branch."""
    name = f"refs/heads/{branch}"
    if branch.startswith("-") or branch == "HEAD" or not is_reference(name):
        message = f"{branch!r} cannot be the name of a branch"
        raise InvalidInput(message)
    return name


def is_reference(name: str) -> bool:
    """Whether git allows the name, which is given in full, for a reference."""
    try:
        return pygit2.reference_is_valid_name(name)
    except UnicodeEncodeError:
        return False
