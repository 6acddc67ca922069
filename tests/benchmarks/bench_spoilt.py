"""Spoilt answers: true fixes with their white space damaged in every way that models and tools damage it.

    python -m tests.benchmarks.bench_spoilt [--cases CASES.jsonl --repos FOLDER] [--every 1] [--write] [--json]

Without arguments the fixes are those of `tests/data/edits`; with them, those of the cases, taken from bare clones named
`OWNER__NAME.git`. Each fix is quoted with no context, one line and three lines, in blocks and in the strings of a tool
call, and spoilt by one rule of `tests/support/mutations.py` at a time. Right is the true tree, byte for byte.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.figures import Report, show
from tests.benchmarks.page import write_part
from tests.benchmarks.true_fixes import true_fix
from tests.support.edit_cases import DATA
from tests.support.mutations import ending, spoilt_answers
from tests.support.renderings import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ENDS = ("right", "refused", "wrong", "wrong blanks")


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, help="lines of JSON: instance_id, repo, base_commit, patch")
    parser.add_argument("--repos", type=Path, help="folder of bare clones, OWNER__NAME.git")
    parser.add_argument("--every", type=int, default=1, help="take every so many fixes only")
    parser.add_argument("--write", action="store_true", help="write the table into docs/BENCHMARKS.md as well")
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")
    options = parser.parse_args(arguments)
    if (options.cases is None) != (options.repos is None):
        parser.error("--cases and --repos belong together")
    fixes = _from_clones(options.cases, options.repos, options.every) if options.cases else _kept(options.every)
    started = time.monotonic()
    report = _report(fixes, started)
    show(report, as_json=options.json)
    if options.write:
        write_part("spoilt", report)


def _kept(every: int) -> Iterator[tuple[str, Fix]]:
    """The fixes that the variants of `tests/data/edits` were made from, each once."""
    seen: set[str] = set()
    with gzip.open(DATA / "variants.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["expect"] == "apply"]
    for row in rows:
        key = json.dumps([row["before"], row["after"]], sort_keys=True)
        if key not in seen and len(seen) % every == 0:
            yield row["id"], Fix(row["before"], row["after"])
        seen.add(key)


def _from_clones(cases: Path, repos: Path, every: int) -> Iterator[tuple[str, Fix]]:
    for line in cases.read_text(encoding="utf-8").splitlines()[::every]:
        with tempfile.TemporaryDirectory() as folder:
            case = true_fix(json.loads(line), repos, Path(folder))
        if case is not None:
            yield case.id, case.fix


def _report(fixes: Iterator[tuple[str, Fix]], started: float) -> Report:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    number = 0
    for name, fix in fixes:
        number += 1
        for spoilt in spoilt_answers(fix, name):
            found[spoilt.name][ending(spoilt)] += 1
    total = sum(found.values(), Counter[str]())
    rows = [_row(name, ends) for name, ends in [*sorted(found.items()), ("all", total)]]
    return Report(
        "Spoilt answers",
        ["", "answers", *_ENDS],
        rows,
        {"fixes": number, "ends": {name: dict(ends) for name, ends in found.items()}},
        f"{number} fixes, {total.total()} answers in {time.monotonic() - started:.0f} s. `wrong blanks`: right but for "
        "blank lines and white space at line ends.",
    )


def _row(name: str, ends: Mapping[str, int]) -> list[str]:
    return [name, str(sum(ends.values())), *(str(ends.get(end, 0)) for end in _ENDS)]


if __name__ == "__main__":
    main()
