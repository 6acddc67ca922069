"""Repositories, people and their permissions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from domain.errors import InvalidInput
from domain.secret import Secret

_FULL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9._-]+")

_CREDENTIALS_IN_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*@")


class Permission(IntEnum):
    """What a person may do in a repository; ordered, so `>= WRITE` reads as it is meant."""

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5


@dataclass(frozen=True, slots=True)
class RepositoryRef:
    """Which repository: the forge's name, its id there (it survives renaming) and `owner/name`."""

    forge: str
    id: int
    full_name: str

    def __post_init__(self) -> None:
        """Refuse a name that could climb out of a folder or a URL."""
        if not _FULL_NAME.fullmatch(self.full_name) or self.full_name.split("/")[1] in {".", ".."}:
            message = f"{self.full_name!r} is not a repository name: it must read owner/name"
            raise InvalidInput(message)

    @property
    def owner(self) -> str:
        """The part before the slash."""
        return self.full_name.split("/")[0]

    def __str__(self) -> str:
        """`owner/name`."""
        return self.full_name


@dataclass(frozen=True, slots=True)
class Repository:
    """What the forge says of a repository."""

    ref: RepositoryRef
    default_branch: str


@dataclass(frozen=True, slots=True)
class ForgeAccess:
    """Who the agent is on the forge, and what it lacks in a repository, in words for a maintainer; empty: nothing."""

    login: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GitSource:
    """Where git finds a repository: a URL or a path on disk, and who to be there (no token: nobody).

    Raises `InvalidInput` for a URL that carries a user name or password: it would end up in logs and error messages.
    """

    location: str
    username: str = ""
    token: Secret = Secret("")

    def __post_init__(self) -> None:
        """Keep secrets out of what is printed."""
        if _CREDENTIALS_IN_URL.match(self.location):
            message = "The repository's address has a user name or password in it: leave it out, and set GIT_TOKEN."
            raise InvalidInput(message)
