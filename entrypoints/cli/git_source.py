"""The repository that a person names on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.repository import GitSource
from domain.secret import Secret

if TYPE_CHECKING:
    from infra.settings import Settings


def git_source(repo: str, settings: Settings) -> GitSource:
    """The repository at a path or an address; the token goes with an address over the network only."""
    if "://" in repo and not repo.startswith("file://"):
        return GitSource(repo, settings.git_username if settings.git_token else "", settings.git_token)
    return GitSource(repo, "", Secret(""))
