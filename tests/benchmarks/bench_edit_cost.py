"""What the most laborious answers cost: a megabyte of answer for a megabyte of file, read and applied.

    python -m tests.benchmarks.bench_edit_cost [--write] [--json]

Seconds of processor time of one thread, the best of three; each answer is tried on a file of distinct lines and on one
of equal lines.
"""

from __future__ import annotations

import argparse
import time

from application.editing.apply import apply_edits
from application.editing.parse import parse_answer
from tests.benchmarks.figures import Report, show
from tests.benchmarks.page import write_part
from tests.support.adversaries import ADVERSARIES, BIG, EVEN

_ROUNDS = 3


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the table into docs/BENCHMARKS.md as well")
    parser.add_argument("--json", action="store_true", help="print one object instead of a table")
    options = parser.parse_args(arguments)
    taken = {name: [_seconds(answer, file) for file in (BIG, EVEN)] for name, answer in ADVERSARIES.items()}
    slowest = max(map(max, taken.values()))
    report = Report(
        "The most laborious answers: seconds of processor time",
        ["", "distinct lines", "equal lines"],
        [[name, *(f"{seconds:.2f}" for seconds in pair)] for name, pair in taken.items()],
        {"seconds": taken, "slowest": slowest},
        f"The slowest takes {slowest:.2f} s. Aim: at most 1 s.",
    )
    show(report, as_json=options.json)
    if options.write:
        write_part("edit-cost", report)


def _seconds(answer: str, file: str) -> float:
    before = {"a.py": file.encode()}
    taken = []
    for _ in range(_ROUNDS):
        start = time.thread_time()
        apply_edits(parse_answer(answer, before).edits, before)
        taken.append(time.thread_time() - start)
    return min(taken)


if __name__ == "__main__":
    main()
