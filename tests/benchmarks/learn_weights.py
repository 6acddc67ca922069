"""Learns what each signal of the code search counts, and what each is worth on repositories not learned from.

    python -m tests.benchmarks.learn_weights --cases CASES.jsonl --repos FOLDER --kept FOLDER [--ablate] [--write]

The arguments are those of `bench_locate`, and what that has measured is used. The model is a conditional logit: each
right file against all candidates of its case that are code and not right, with a penalty on large weights. Printed are
the weights by all cases, for `adapters/code_search/weights.py`. `--ablate` rates the search without each group of
signals in turn, with weights learned without the repository that is rated.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from adapters.code_search.weights import WEIGHTS
from tests.benchmarks.bench_locate import parser
from tests.benchmarks.conditional_logit import fitted, left_out_ranks
from tests.benchmarks.figures import Report, show
from tests.benchmarks.located import located
from tests.benchmarks.location_reports import cell, rates, with_ranks
from tests.benchmarks.page import write_part

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from tests.benchmarks.located import Located

GROUPS: Mapping[str, tuple[str, ...]] = {
    "words of the title": ("title words", "title words, soft"),
    "words without blocks of code": ("prose words",),
    "rare words": ("rare words",),
    "neighbouring words": ("pairs", "title pairs"),
    "words in definitions": ("definition words",),
    "definitions named": ("classes", "title definitions", "owners"),
    "file and folder names": (
        "folders",
        "title in name",
        "title in folders",
        "identifier stem",
        "stem",
        "title name strength",
    ),
    "paths named": ("named",),
    "stack traces": ("in stack trace",),
    "how many import it": ("importers",),
    "imported by likely files": ("imported by the best",),
    "neighbours in the folder": ("folder of the best",),
    "tests and documentation": ("test paths", "documentation paths", "tested"),
}

_COLUMNS = ("R@1", "R@5", "one: R@1", "several: R@5")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing, learn, and print."""
    options = _parse(arguments)
    cases = located(options.cases, options.repos, options.kept)
    names = list(WEIGHTS)
    if options.ablate:
        report = _ablation(cases, names)
        show(report, as_json=options.json)
        if options.write:
            write_part("signals", report)
    weights = fitted(cases, names)
    sys.stdout.write("".join(f'    "{name}": {value:.2f},\n' for name, value in zip(names, weights, strict=True)))


def _parse(arguments: Sequence[str] | None) -> Namespace:
    made = parser(__doc__)
    made.add_argument("--ablate", action="store_true", help="rate the search without each group of signals")
    return made.parse_args(arguments)


def _ablation(cases: Sequence[Located], names: Sequence[str]) -> Report:
    kept = {f"without {group}": [one for one in names if one not in left_out] for group, left_out in GROUPS.items()}
    rows = [(name, *_rated(cases, signals)) for name, signals in {"all signals": list(names), **kept}.items()]
    return Report(
        "What each group of signals is worth, learned without the repository that is rated, percent",
        ("", *_COLUMNS),
        rows,
        {"benchmark": "signals", "rows": rows},
    )


def _rated(cases: Sequence[Located], names: Sequence[str]) -> list[str]:
    ranks = left_out_ranks(cases, names)
    measured = rates([with_ranks(case, places) for case, places in zip(cases, ranks, strict=True)])
    return [cell(column, measured[column]) for column in _COLUMNS]


if __name__ == "__main__":
    main()
