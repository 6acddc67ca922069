from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.figures import Report
from tests.benchmarks.page import PAGE, NoPlace, write_part

if TYPE_CHECKING:
    from pathlib import Path

REPORT = Report("Title", ["", "right"], [["ours", "9"]], {}, "A note.")


def test_a_benchmark_writes_its_own_part_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("# Page\n<!-- a -->\nold\n<!-- /a -->\nrest\n", encoding="utf-8")
    write_part("a", REPORT, path)
    written = path.read_text(encoding="utf-8")
    assert written.startswith("# Page\n<!-- a -->\n\nMeasured on 2")
    assert "| ours |     9 |\n\nA note.\n\n<!-- /a -->\nrest\n" in written
    assert "old" not in written


def test_a_page_without_a_place_for_it_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("# Page\n", encoding="utf-8")
    with pytest.raises(NoPlace):
        write_part("a", REPORT, path)


def test_the_projects_page_has_a_place_for_each() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(text.count(f"<!-- {mark}{name} -->") == 1 for name in ("edits", "harness") for mark in ("", "/"))
