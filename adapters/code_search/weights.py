"""What each signal counts, as it was learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.code_search.file_kinds import FileKind

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {"first": 3.0, "definition words": 1.2, "title words": 1.0}

PENALTIES: Mapping[FileKind, float] = {FileKind.TEST: 4.0, FileKind.DOCUMENTATION: 4.0}
"""What files of these kinds lose, unless the title is about them: the fix is seldom there."""
