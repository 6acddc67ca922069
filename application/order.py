"""Changes to the order of a ranking, which its scores follow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.ports.code_search import RankedFile

STEP = 0.7
"""How much less likely each file that is put first is than the one before it, in the ranking's own measure."""


def put_first(ranking: Sequence[RankedFile], first: Sequence[str]) -> Sequence[RankedFile]:
    """The ranking with the files at these paths in front, in their order; their scores say so too."""
    top = max((file.score for file in ranking), default=0.0)
    scores = {path: top + STEP * (len(first) - place) for place, path in enumerate(first)}
    moved = [replace(file, score=scores.get(file.path, file.score)) for file in ranking]
    return sorted(moved, key=lambda file: -file.score)
