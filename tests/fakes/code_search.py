"""A code search that knows the order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.ports.code_search import CodeSearch, RankedFile
from application.ports.vcs import EntryKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.ports.vcs import Workspace


class FakeSearch(CodeSearch):
    """Ranks every plain file by its path."""

    async def rank(self, workspace: Workspace, issue_text: str) -> Sequence[RankedFile]:
        del issue_text
        plain = [entry.path for entry in await workspace.entries() if entry.kind is EntryKind.FILE]
        return [RankedFile(path, score=-float(place)) for place, path in enumerate(sorted(plain))]
