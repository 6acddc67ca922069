"""Finding the files that an issue is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.ports.code_structure import Definition
    from application.ports.vcs import Workspace


@dataclass(frozen=True, slots=True)
class RankedFile:
    """A file, its score, why it is where it is, in a few words each, and what it defines.

    More is better: of two files of one ranking, the one whose score is higher by 1 is about e times as likely what the
    fix changes. `definitions` are known of the best files only, and only where their language can be read.
    """

    path: str
    score: float
    why: tuple[str, ...] = ()
    definitions: tuple[Definition, ...] = ()


class CodeSearch(Protocol):
    """Ranks the text files of a repository by how likely an issue's fix changes them."""

    async def rank(self, workspace: Workspace, issue_text: str) -> Sequence[RankedFile]:
        """Every text file that the agent could edit, best first; binary files, links and LFS pointers are left out."""
