"""Weights of signals that choose the right file among all that were looked at, and what they are worth elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from tests.benchmarks.located import Located

    Numbers = NDArray[np.float64]

PENALTY = 3.0
"""How much large weights are held down."""

_STEPS = 30
_CLOSE_ENOUGH = 1e-6
_CODE = frozenset({"code", "configuration"})


def fitted(cases: Sequence[Located], names: Sequence[str]) -> Numbers:
    """The weights, by Newton's method with steps that are halved until they help: the loss is convex."""
    choices = list(_choices(cases, names))
    weights = np.zeros(len(names))
    loss, step = _loss_and_step(choices, weights)
    for _ in range(_STEPS):
        length = 1.0
        while (moved := _loss_and_step(choices, weights - length * step))[0] > loss and length > _CLOSE_ENOUGH:
            length /= 2
        weights = weights - length * step
        settled = loss - moved[0] < _CLOSE_ENOUGH
        loss, step = moved
        if settled:
            break
    return weights


def left_out_ranks(cases: Sequence[Located], names: Sequence[str]) -> list[list[float]]:
    """The place of each right file among the code, by weights learned without the case's repository."""
    by_repo = {repo: fitted([case for case in cases if case.repo != repo], names) for repo in {c.repo for c in cases}}
    return [ranks(case, names, by_repo[case.repo]) for case in cases]


def ranks(case: Located, names: Sequence[str], weights: Numbers) -> list[float]:
    """The place of each right file among the code by these weights; infinity for one that was not looked at."""
    matrix, paths = _matrix(case, names)
    order = np.argsort(-(matrix @ weights), kind="stable")
    places = {paths[place]: float(rank) for rank, place in enumerate(order, start=1)}
    return [places.get(path, float("inf")) for path in case.gold]


def _matrix(case: Located, names: Sequence[str]) -> tuple[Numbers, list[str]]:
    """The signals of the candidates that are code, a row each, and their paths."""
    places = [place for place, kind in enumerate(case.kinds) if kind in _CODE]
    rows = [[case.signals[name][place] for name in names] for place in places]
    return np.array(rows, dtype=np.float64).reshape(len(places), len(names)), [case.paths[place] for place in places]


def _choices(cases: Sequence[Located], names: Sequence[str]) -> Iterator[tuple[Numbers, float]]:
    """Each right file in the first row, all that are wrong behind it; and what the choice counts."""
    for case in cases:
        matrix, paths = _matrix(case, names)
        right = np.array([path in case.gold for path in paths], dtype=bool)
        for row in matrix[right]:
            yield np.vstack([row, matrix[~right]]), float(right.sum()) ** -0.5


def _loss_and_step(choices: Sequence[tuple[Numbers, float]], weights: Numbers) -> tuple[float, Numbers]:
    """How wrong the weights are, and Newton's step from there."""
    loss = PENALTY * float(weights @ weights) / 2
    gradient, curvature = PENALTY * weights, PENALTY * np.eye(len(weights))
    for matrix, counts in choices:
        scores = matrix @ weights
        odds = np.exp(scores - np.max(scores))
        chances = odds / odds.sum()
        mean = matrix.T @ chances
        loss += counts * float(np.log(odds.sum()) + np.max(scores) - scores[0])
        gradient = gradient + counts * (mean - matrix[0])
        curvature = curvature + counts * (matrix.T @ (matrix * chances[:, None]) - np.outer(mean, mean))
    return loss, np.asarray(np.linalg.solve(curvature, gradient), dtype=np.float64)
