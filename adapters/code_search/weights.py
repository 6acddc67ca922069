"""What each signal counts, as it was learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.code_search.file_kinds import FileKind

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {
    "first": 0.94,
    "title words": 1.26,
    "title words, soft": 0.82,
    "prose words": 0.50,
    "rare words": 0.76,
    "title covered": 0.25,
    "identifiers covered": 0.22,
    "title pairs": 0.75,
    "pairs": 0.61,
    "definition words": 1.17,
    "folders": 0.91,
    "title in name": 0.28,
    "title in folders": 0.60,
    "title stem": 0.28,
    "identifier stem": 0.61,
    "stem": 0.46,
    "title name strength": 0.44,
    "package": -0.41,
    "classes": 0.41,
    "constants": 0.23,
    "title definitions": 0.46,
    "owners": 0.56,
    "definitions": 0.27,
    "test paths": 0.51,
    "documentation paths": 0.32,
    "tested": 0.32,
    "importers": 0.48,
    "imported by the best": 0.31,
    "folder of the best": 0.53,
    "named": 1.38,
    "in stack trace": 0.38,
}
"""By `tests.benchmarks.learn_weights`, on the cases that docs/BENCHMARKS.md names."""

PENALTIES: Mapping[FileKind, float] = {FileKind.TEST: 4.0, FileKind.DOCUMENTATION: 4.0}
"""What files of these kinds lose, unless the title is about them: the fix is seldom there."""

IN_TITLE = 6.0
"""What a file gains that the title names: too few titles do for this to be learned."""
