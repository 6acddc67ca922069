"""What a benchmark prints: a small table for people, one object for programs."""

from __future__ import annotations

import json
import statistics
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Spread:
    """The smallest, the middle and the largest of several measurements."""

    min: float
    median: float
    max: float

    def cells(self, decimals: int = 2) -> tuple[str, str, str]:
        """The three as they stand in a table."""
        return f"{self.min:.{decimals}f}", f"{self.median:.{decimals}f}", f"{self.max:.{decimals}f}"

    def numbers(self) -> dict[str, float]:
        """The three as they stand in an object."""
        return {"min": round(self.min, 4), "median": round(self.median, 4), "max": round(self.max, 4)}


SPREAD_COLUMNS = ("min", "median", "max")


def spread(measured: Iterable[float]) -> Spread:
    """Of at least one measurement."""
    values = list(measured)
    return Spread(min(values), statistics.median(values), max(values))


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest value that at least `percent` per cent of all do not exceed."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured: a title, a table, and the same as one object; `note` is a line below the table."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: Mapping[str, object]
    note: str = ""


def show(report: Report, *, as_json: bool) -> None:
    """Print the table, or else the object on one line."""
    sys.stdout.write((json.dumps(report.figures) if as_json else page(report)) + "\n")
    sys.stdout.flush()


def page(report: Report) -> str:
    """In Markdown, the columns aligned; the first holds names, the others figures."""
    lines = [tuple(report.columns), *map(tuple, report.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = "|".join(["", "-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:]), ""])
    head, *body = (_line(line, widths) for line in lines)
    return "\n".join([report.title, "", head, rule, *body, *(["", report.note] if report.note else []), ""])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return " ".join(["|", first[0].ljust(first[1]), "|", *(f"{cell:>{width}} |" for cell, width in others)])
