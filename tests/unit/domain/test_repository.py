"""Repositories, people and permissions."""

from __future__ import annotations

import pytest

from domain.errors import InvalidInput
from domain.repository import GitSource, Permission, RepositoryRef
from domain.secret import Secret


@pytest.mark.parametrize("name", ["acme/shop", "a/b.c_d-e", "Acme-1/.github", "0/0"])
def test_takes_the_names_that_forges_give(name: str) -> None:
    ref = RepositoryRef("github", 1, name)
    assert str(ref) == name
    assert ref.owner == name.split("/", maxsplit=1)[0]


@pytest.mark.parametrize(
    "name", ["", "acme", "a/b/c", "../b", "a/..", "a/.", "/b", "a/", "a b/c", "a/b\n", "-a/b", "a/b?c"]
)
def test_refuses_a_name_that_could_climb_out(name: str) -> None:
    with pytest.raises(InvalidInput, match="owner/name"):
        RepositoryRef("github", 1, name)


def test_permissions_are_ordered() -> None:
    assert max(Permission) is Permission.ADMIN
    assert Permission.TRIAGE < Permission.WRITE < Permission.MAINTAIN


def test_a_source_does_not_show_its_token() -> None:
    assert "hunter2" not in repr(GitSource("https://forge.example/a/b", "bot", Secret("hunter2")))
