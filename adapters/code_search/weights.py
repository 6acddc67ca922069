"""What each signal counts, as it was learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.code_search.file_kinds import FileKind

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {
    "first": 0.87,
    "title words": 1.18,
    "title words, soft": 0.72,
    "prose words": 0.76,
    "rare words": 0.85,
    "title covered": 0.37,
    "identifiers covered": 0.29,
    "best block": 0.66,
    "best blocks": 1.01,
    "title pairs": 0.52,
    "pairs": 0.76,
    "definition words": 1.43,
    "folders": 0.94,
    "title in name": 0.21,
    "title in folders": 0.53,
    "title stem": 0.49,
    "identifier stem": 0.64,
    "stem": 0.36,
    "title name strength": 0.44,
    "package": -0.39,
    "classes": 0.2,
    "constants": 0.19,
    "title definitions": 0.45,
    "owners": 0.6,
    "definitions": 0.11,
    "test paths": 0.32,
    "documentation paths": 0.49,
    "tested": 0.27,
    "importers": 0.42,
    "imported by the best": 0.25,
    "folder of the best": 0.52,
    "named": 1.33,
    "in stack trace": 0.33,
}

PENALTIES: Mapping[FileKind, float] = {FileKind.TEST: 4.0, FileKind.DOCUMENTATION: 4.0}
"""What files of these kinds lose, unless the title is about them: the fix is seldom there."""

IN_TITLE = 6.0
"""What a file gains that the title names: too few titles do for this to be learned."""
