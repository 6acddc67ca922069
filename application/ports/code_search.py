"""Finding the files that an issue is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.ports.vcs import Workspace


@dataclass(frozen=True, slots=True)
class RankedFile:
    """A file, how well it matches (more is better, comparable within one ranking only) and why, in a few words each."""

    path: str
    score: float
    why: tuple[str, ...] = ()


class CodeSearch(Protocol):
    """Ranks the text files of a repository by how likely an issue's fix changes them."""

    async def rank(self, workspace: Workspace, issue_text: str) -> Sequence[RankedFile]:
        """Every text file that the agent could edit, best first; binary files, links and LFS pointers are left out."""
