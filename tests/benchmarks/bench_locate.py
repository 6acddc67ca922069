"""How well the code search finds the files that a fix changes, and how much of the fix the model is shown.

    python -m tests.benchmarks.bench_locate --cases CASES.jsonl --repos FOLDER --kept FOLDER [--write] [--json]

Three tables. First the search with weights learned without the repository that is rated: what it is worth elsewhere.
Then the search as it is. Both beside whole files by `bm25s` (its own tokenizer, no stop words) on the same cases; R@n
is the share of issues with *all* the right files among the first n. Last what the model is shown, beside the plain way:
the best files whole until the room is used.

A case is a line of JSON with `instance_id`, `repo` (owner/name), `base_commit`, `issue`, `gold` (paths) and `patch`;
`--repos` holds the repositories as bare clones named OWNER__NAME.git. What was measured is kept, so that a run that was
ended goes on where it was: see `located`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.code_search.weights import WEIGHTS
from tests.benchmarks.conditional_logit import left_out_ranks
from tests.benchmarks.figures import show
from tests.benchmarks.located import located
from tests.benchmarks.location_reports import as_it_is, quality, shown, with_ranks
from tests.benchmarks.page import write_part

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write the page's parts where that is asked for."""
    options = parser(__doc__).parse_args(arguments)
    cases = located(options.cases, options.repos, options.kept)
    if not cases:
        sys.exit(f"no repository of the cases lies in {options.repos}")
    ranks = left_out_ranks(cases, list(WEIGHTS)) if len({case.repo for case in cases}) > 1 else []
    elsewhere = [with_ranks(case, places) for case, places in zip(cases, ranks, strict=False)]
    reports = {
        **({"weights": quality("Weights learned without the repository", elsewhere, "weights")} if ranks else {}),
        "locate": quality("The search as it is", list(map(as_it_is, cases)), "locate"),
        "context": shown(cases),
    }
    for name, report in reports.items():
        show(report, as_json=options.json)
        if options.write:
            write_part(name, report)


def parser(description: str | None) -> argparse.ArgumentParser:
    """What is asked of the cases; shared with `learn_weights`."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--cases", type=Path, required=True)
    made.add_argument("--repos", type=Path, required=True)
    made.add_argument("--kept", type=Path, required=True, help="a folder for what was measured, and for a cache")
    made.add_argument("--write", action="store_true", help="write the tables into docs/BENCHMARKS.md as well")
    made.add_argument("--json", action="store_true", help="print objects instead of tables")
    return made


if __name__ == "__main__":
    main()
