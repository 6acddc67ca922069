"""What each signal counts, as it was learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.code_search.file_kinds import FileKind

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {
    "first": 1.31,
    "title words": 1.41,
    "title words, soft": 0.98,
    "prose words": 0.71,
    "rare words": 1.20,
    "identifiers covered": 0.39,
    "title pairs": 0.77,
    "pairs": 0.93,
    "definition words": 1.29,
    "folders": 0.97,
    "title in name": 0.34,
    "title in folders": 0.55,
    "identifier stem": 0.67,
    "stem": 0.59,
    "title name strength": 0.53,
    "package": -0.38,
    "classes": 0.38,
    "title definitions": 0.47,
    "owners": 0.57,
    "definitions": 0.27,
    "test paths": 0.50,
    "documentation paths": 0.34,
    "tested": 0.34,
    "importers": 0.50,
    "imported by the best": 1.60,
    "folder of the best": 0.55,
    "named": 1.42,
    "in stack trace": 0.48,
}
"""By `tests.benchmarks.learn_weights`, on the cases that docs/BENCHMARKS.md names."""

PENALTIES: Mapping[FileKind, float] = {FileKind.TEST: 4.0, FileKind.DOCUMENTATION: 4.0}
"""What files of these kinds lose, unless the title is about them: the fix is seldom there."""

IN_TITLE = 6.0
"""What a file gains that the title names: too few titles do for this to be learned."""

NAMED_PLACE = 5
"""A file that the issue names by its path is not ranked below: who names one will look for it among the first."""
