"""The part of docs/BENCHMARKS.md that a benchmark writes itself: what stands between its two marks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.figures import page

if TYPE_CHECKING:
    from tests.benchmarks.figures import Report

PAGE = Path(__file__).parents[2] / "docs" / "BENCHMARKS.md"


class NoPlace(ValueError):
    """The page has no place for this benchmark."""


def write_part(name: str, report: Report, path: Path = PAGE) -> None:
    """Put the table between `<!-- name -->` and `<!-- /name -->`, with the day. Raises `NoPlace`."""
    text = path.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        message = f"{path} needs one line {begin.strip()} and one line {end}"
        raise NoPlace(message)
    head, _, rest = text.partition(begin)
    tail = rest.partition(end)[2]
    table = page(report).partition("\n")[2].strip()
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    path.write_text(f"{head}{begin}\nMeasured on {day}.\n\n{table}\n\n{end}{tail}", encoding="utf-8")
