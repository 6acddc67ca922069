"""docs/MODELS.md names a test for each case: each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = sorted(set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "MODELS.md").read_text(encoding="utf-8"))))


def test_every_test_that_the_page_names_is_there() -> None:
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    there = {name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text(encoding="utf-8"))}
    assert len(NAMED) > 25
    assert [name for name in NAMED if name not in there] == []
