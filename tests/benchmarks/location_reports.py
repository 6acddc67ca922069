"""The tables of `bench_locate` and `learn_weights`."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.figures import Report
from tests.benchmarks.shown_lines import ROOMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.located import Located

FIRST = (1, 5, 10, 50)
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Rated:
    """An issue with the place of each right file, from 1; by us, and by the peer."""

    repo: str
    ours: Sequence[float]
    peer: Sequence[float]


def as_it_is(case: Located) -> Rated:
    """By the search with its weights."""
    return Rated(case.repo, _places(case.gold, case.ranking), _places(case.gold, case.peer))


def with_ranks(case: Located, ours: Sequence[float]) -> Rated:
    """By other weights."""
    return Rated(case.repo, ours, _places(case.gold, case.peer))


def quality(title: str, rated: Sequence[Rated], benchmark: str, note: str = "") -> Report:
    """By repository, and all: the share of issues with all the right files among the first."""
    groups = [(repo, [one for one in rated if one.repo == repo]) for repo in sorted({one.repo for one in rated})]
    measured = {name: rates(group) for name, group in [*groups, ("all", list(rated))]}
    columns = ["cases", *(name for name in rates(rated) if name != "cases")]
    return Report(
        f"{title}: {len(rated)} issues, percent",
        ("", *columns),
        [(name, *(cell(column, row[column]) for column in columns)) for name, row in measured.items()],
        {"benchmark": benchmark, "repositories": measured},
        "`one` and `several`: of the issues whose fix changes one file, or more than one."
        + (f" {note}" if note else ""),
    )


def rates(group: Sequence[Rated]) -> dict[str, float | None]:
    """The percentages, None where there is no case."""
    ours = [one.ours for one in group]
    peers = [one.peer for one in group]
    return {
        "cases": len(group),
        **{f"R@{first}": _found(ours, first) for first in FIRST},
        "one: R@1": _found([places for places in ours if len(places) == 1], 1),
        "several: R@5": _found([places for places in ours if len(places) > 1], 5),
        "bm25s: R@1": _found(peers, 1),
        "bm25s: R@5": _found(peers, 5),
    }


def shown(cases: Sequence[Located]) -> Report:
    """What the model is shown, by room: all cases, then each repository."""
    repos = sorted({case.repo for case in cases})
    groups = [("all", list(cases)), *((repo, [case for case in cases if case.repo == repo]) for repo in repos)]
    rows, figures = [], {}
    for name, group in groups:
        cells: list[str] = []
        for room in ROOMS:
            ours = 100 * statistics.mean(case.shown[room] for case in group)
            plain = 100 * statistics.mean(case.plain[room] for case in group)
            figures[f"{name} {room}"] = {"shown": ours, "plain": plain}
            cells += [f"{ours:.1f}", f"{plain:.1f}", f"{ours / plain:.2f}" if plain else ""]
        rows.append((name, f"{len(group)}", *cells))
    columns = [f"{room // 1000}k{what}" for room in ROOMS for what in ("", ": whole files", ": ratio")]
    return Report(
        f"The lines that a fix changes, as far as the model is shown them: {len(cases)} issues, percent",
        ("", "cases", *columns),
        rows,
        {"benchmark": "context", "rooms": figures},
        "Both use the same ranking and estimate of tokens; ours has the tree and the notes within the room.",
    )


def _places(gold: Sequence[str], ranking: Sequence[str]) -> list[float]:
    return [ranking.index(path) + 1.0 if path in ranking else _NEVER for path in gold]


def _found(places: Sequence[Sequence[float]], first: int) -> float | None:
    return 100 * statistics.mean(max(one) <= first for one in places) if places else None


def cell(column: str, value: float | None) -> str:
    """A value as it stands in a table."""
    return "" if value is None else f"{value:.0f}" if column == "cases" else f"{value:.1f}"
