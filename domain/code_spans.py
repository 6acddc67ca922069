"""Code in back ticks within a line of Markdown."""

from __future__ import annotations

import re

_TICKS = re.compile(r"`+")


def code_and_prose(line: str) -> list[str]:
    """Prose and code by turns; what stands between two equally long runs of back ticks is code."""
    pieces, start = [], 0
    runs = list(_TICKS.finditer(line))
    closing = _closing_runs(runs)
    for index, run in enumerate(runs):
        if run.start() < start or (end := closing[index]) is None:
            continue
        pieces += [line[start : run.start()], line[run.start() : end]]
        start = end
    return [*pieces, line[start:]]


def _closing_runs(runs: list[re.Match[str]]) -> list[int | None]:
    """For each run of back ticks, where the next run of the same length ends."""
    following: dict[int, int] = {}
    ends: list[int | None] = []
    for run in reversed(runs):
        ends.append(following.get(len(run[0])))
        following[len(run[0])] = run.end()
    return ends[::-1]
