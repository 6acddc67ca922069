"""Name the files that an issue is most likely about, and change nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.brief import Brief
    from application.ports.code_search import CodeSearch, RankedFile
    from application.ports.vcs import Vcs
    from domain.repository import GitSource


@dataclass(frozen=True, slots=True)
class Located:
    """The files, best first, and how many seconds it took once the repository was open: to list, read and rank."""

    ranking: Sequence[RankedFile]
    seconds: float


class Locate:
    """Ranks the files of any git repository for a request; no model is needed."""

    def __init__(self, vcs: Vcs, search: CodeSearch) -> None:
        self._vcs = vcs
        self._search = search

    async def run(self, source: GitSource, revision: str, brief: Brief) -> Located:
        """Every text file of the revision, best first.

        Raises what opening a repository may raise (`NotFound`, `CredentialsRefused`, `RemoteUnavailable`, …).
        """
        async with self._vcs.open(source, revision) as workspace:
            began = time.monotonic()
            ranking = await self._search.rank(workspace, brief.text)
            return Located(ranking, time.monotonic() - began)
