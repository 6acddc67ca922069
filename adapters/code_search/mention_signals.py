"""What the issue names outright."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.code_search.candidates import Candidate
    from adapters.code_search.mentions import Mentions, PathIndex

FRAME_DECAY = 0.8
"""Each file of a stack trace counts so much less than the one nearer to the failure."""


def mention_signals(candidates: Sequence[Candidate], mentions: Mentions, index: PathIndex) -> dict[str, list[float]]:
    """What the issue names: files by path, and the frames of stack traces."""
    named = {path for mention in mentions.paths for path in index.locate(mention)}
    frames = frame_weights(mentions, index)
    return {
        "named": [float(one.path in named) for one in candidates],
        "in stack trace": [frames.get(one.path, 0.0) for one in candidates],
    }


def frame_weights(mentions: Mentions, index: PathIndex) -> dict[str, float]:
    """The files of stack traces, the one nearest to the failure counting 1."""
    weights: dict[str, float] = {}
    weight = 1.0
    for frame in mentions.frames:
        located = index.locate(frame)
        for path in located:
            weights.setdefault(path, weight)
        weight *= FRAME_DECAY if located else 1.0
    return weights
