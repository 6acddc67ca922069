"""Learns what each signal of the code search counts, and says what that is worth on repositories not learned from.

    python -m tests.benchmarks.learn_weights --cases CASES.jsonl --repos FOLDER --signals SIGNALS.jsonl
        [--cache FOLDER] [--ablate] [--write]

The signals of each case are measured once and kept in SIGNALS.jsonl. The model is a conditional logit: each right file
against all candidates of its case that are code and not right, with a penalty on large weights. It is fitted once for
each repository without that repository's cases, and rated on those; then once on all cases, for
`adapters/code_search/weights.py`. `--ablate` repeats it without each group of signals in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from adapters.code_search.blob_cache import BlobCache
from adapters.code_search.cached_structure import CachedStructure
from adapters.code_search.search import LocalCodeSearch
from adapters.code_search.weights import WEIGHTS
from adapters.tree_sitter.processes import ParsingProcesses
from adapters.tree_sitter.structure import TreeSitterStructure
from tests.benchmarks.figures import Report, show
from tests.benchmarks.localization import RevisionOnDisk, cases_in
from tests.benchmarks.page import write_part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

PENALTY = 3.0
"""How much large weights are held down."""

_STEPS = 30
_CLOSE_ENOUGH = 1e-6
_CODE = frozenset({"code", "configuration"})
_MAX_CACHE_BYTES = 4_000_000_000

GROUPS: Mapping[str, tuple[str, ...]] = {
    "words of the title": ("title words", "title words, soft", "title covered"),
    "words without blocks of code": ("prose words",),
    "rare words": ("rare words",),
    "blocks (functions, classes)": ("best block", "best blocks"),
    "neighbouring words": ("pairs", "title pairs"),
    "words in definitions": ("definition words",),
    "definitions named": ("classes", "constants", "title definitions", "owners"),
    "file and folder names": (
        "folders",
        "title in name",
        "title in folders",
        "title stem",
        "identifier stem",
        "stem",
        "title name strength",
    ),
    "paths and modules named": ("named",),
    "stack traces": ("in stack trace",),
    "import graph": ("importers", "imported by the best"),
    "neighbours in the folder": ("folder of the best",),
    "tests and documentation": ("test paths", "documentation paths", "tested"),
}


class Measured(msgspec.Struct, frozen=True):
    """A case's candidates: their paths and kinds, and every signal for each of them."""

    instance_id: str
    repo: str
    gold: list[str]
    paths: list[str]
    kinds: list[str]
    signals: dict[str, list[float]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing, learn, and print."""
    options = _parse(arguments)
    asyncio.run(_measure(options))
    cases = [msgspec.json.decode(line, type=Measured) for line in options.signals.read_bytes().splitlines()]
    names = list(WEIGHTS)
    ranks = _left_out_ranks(cases, names)
    reports = [_rated(cases, ranks)] + ([_ablation(cases, names, ranks)] if options.ablate else [])
    for report in reports:
        show(report, as_json=False)
    weights = _fitted(cases, names)
    sys.stdout.write("".join(f'    "{name}": {value:.2f},\n' for name, value in zip(names, weights, strict=True)))
    if options.write:
        for name, report in zip(("weights", "signals"), reports, strict=False):
            write_part(name, report)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--signals", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--ablate", action="store_true")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/BENCHMARKS.md as well")
    return parser.parse_args(arguments)


async def _measure(options: argparse.Namespace) -> None:
    """Add the signals of the cases that the file does not have yet."""
    lines = options.signals.read_bytes().splitlines() if options.signals.exists() else []
    known = {msgspec.json.decode(line, type=Measured).instance_id for line in lines}
    async with aclosing(ParsingProcesses(size=1)) as processes:
        structure = TreeSitterStructure(processes)
        cache = BlobCache(options.cache, _MAX_CACHE_BYTES) if options.cache else None
        search = LocalCodeSearch(CachedStructure(structure, cache) if cache else structure, cache=cache)
        for case, folder in cases_in(options.cases, options.repos):
            if case.instance_id not in known:
                ranking = await search.ranking(RevisionOnDisk(folder, case.base_commit), case.issue)
                paths = [candidate.path for candidate in ranking.candidates]
                kinds = [candidate.document.kind.value for candidate in ranking.candidates]
                found = Measured(case.instance_id, case.repo, case.gold, paths, kinds, ranking.signals)
                with options.signals.open("ab") as file:
                    file.write(msgspec.json.encode(found) + b"\n")


def _matrix(case: Measured, names: Sequence[str]) -> tuple[Numbers, list[str]]:
    """The signals of the candidates that are code, a row each, and their paths."""
    places = [place for place, kind in enumerate(case.kinds) if kind in _CODE]
    rows = [[case.signals[name][place] for name in names] for place in places]
    return np.array(rows, dtype=np.float64).reshape(len(places), len(names)), [case.paths[place] for place in places]


def _choices(cases: Sequence[Measured], names: Sequence[str]) -> Iterator[tuple[Numbers, float]]:
    """Each right file in the first row, all that are wrong behind it; and what the choice counts."""
    for case in cases:
        matrix, paths = _matrix(case, names)
        right = np.array([path in case.gold for path in paths], dtype=bool)
        for row in matrix[right]:
            yield np.vstack([row, matrix[~right]]), float(right.sum()) ** -0.5


def _fitted(cases: Sequence[Measured], names: Sequence[str]) -> Numbers:
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


def _loss_and_step(choices: Sequence[tuple[Numbers, float]], weights: Numbers) -> tuple[float, Numbers]:
    """How wrong the weights are, and Newton's step from there."""
    loss = PENALTY * float(weights @ weights) / 2
    gradient, curvature = PENALTY * weights, PENALTY * np.eye(len(weights))
    for matrix, counts in choices:
        scores = matrix @ weights
        odds = np.exp(scores - scores.max())
        chances = odds / odds.sum()
        mean = matrix.T @ chances
        loss += counts * float(np.log(odds.sum()) + scores.max() - scores[0])
        gradient = gradient + counts * (mean - matrix[0])
        curvature = curvature + counts * (matrix.T @ (matrix * chances[:, None]) - np.outer(mean, mean))
    return loss, np.asarray(np.linalg.solve(curvature, gradient), dtype=np.float64)


def _left_out_ranks(cases: Sequence[Measured], names: Sequence[str]) -> list[list[float]]:
    """The place of each right file among the code, by weights learned without the case's repository."""
    by_repo = {repo: _fitted([case for case in cases if case.repo != repo], names) for repo in {c.repo for c in cases}}
    return [_ranks(case, names, by_repo[case.repo]) for case in cases]


def _ranks(case: Measured, names: Sequence[str], weights: Numbers) -> list[float]:
    matrix, paths = _matrix(case, names)
    order = np.argsort(-(matrix @ weights), kind="stable")
    places = {paths[place]: float(rank) for rank, place in enumerate(order, start=1)}
    return [places.get(path, float("inf")) for path in case.gold]


def _rated(cases: Sequence[Measured], ranks: Sequence[Sequence[float]]) -> Report:
    groups = {repo: [case.repo == repo for case in cases] for repo in sorted({case.repo for case in cases})}
    groups["all"] = [True] * len(cases)
    rows = []
    for name, members in groups.items():
        found = [places for places, member in zip(ranks, members, strict=True) if member]
        rows.append((name, f"{len(found)}", *(_percent(found, first) for first in (1, 5, 10, 50)), *_by_size(found)))
    return Report(
        f"Weights learned without the repository that is rated: {len(cases)} issues, percent",
        ("", "cases", "R@1", "R@5", "R@10", "R@50", "one: R@1", "several: R@5"),
        rows,
        {"benchmark": "weights", "rows": rows},
    )


def _by_size(ranks: Sequence[Sequence[float]]) -> tuple[str, str]:
    one = [places for places in ranks if len(places) == 1]
    several = [places for places in ranks if len(places) > 1]
    return _percent(one, 1), _percent(several, 5)


def _percent(ranks: Sequence[Sequence[float]], first: int) -> str:
    return f"{100 * sum(max(places) <= first for places in ranks) / len(ranks):.1f}" if ranks else ""


def _ablation(cases: Sequence[Measured], names: Sequence[str], ranks: Sequence[Sequence[float]]) -> Report:
    percent: Callable[[Sequence[Sequence[float]]], tuple[str, ...]] = lambda found: (  # noqa: E731
        _percent(found, 1),
        _percent(found, 5),
        *_by_size(found),
    )
    rows = [("all signals", *percent(ranks))]
    for group, left_out in GROUPS.items():
        kept = [name for name in names if name not in left_out]
        rows.append((f"without {group}", *percent(_left_out_ranks(cases, kept))))
    return Report(
        "What each group of signals is worth, learned without the repository that is rated, percent",
        ("", "R@1", "R@5", "one: R@1", "several: R@5"),
        rows,
        {"benchmark": "ablation", "rows": rows},
    )


if __name__ == "__main__":
    main()
