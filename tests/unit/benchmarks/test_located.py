from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.located import located
from tests.support.git_repositories import bare_copy, new_repository

if TYPE_CHECKING:
    from pathlib import Path

PATCH = (
    "--- a/shop/basket.py\n+++ b/shop/basket.py\n@@ -1 +1 @@\n-def discount(): return 1\n+def discount(): return 2\n"
)


@pytest.fixture
def case(tmp_path: Path) -> dict[str, object]:
    made = new_repository(tmp_path / "made")
    made.write("shop/basket.py", b"def discount(): return 1\n")
    made.write("shop/tax.py", b"RATE = 19\n")
    commit = made.commit("Shop")
    bare_copy(made, tmp_path / "repos" / "acme__shop.git")
    common = {"instance_id": "acme__shop-1", "repo": "acme/shop", "base_commit": str(commit)}
    return {**common, "issue": "The discount is wrong", "gold": ["shop/basket.py"], "patch": PATCH}


def test_a_case_is_measured_once_and_kept(case: dict[str, object], tmp_path: Path) -> None:
    cases, repos, kept = tmp_path / "cases.jsonl", tmp_path / "repos", tmp_path / "kept"
    cases.write_text(json.dumps(case) + "\n")
    (measured,) = located(cases, repos, kept)
    assert (measured.ranking[0], measured.peer[0]) == ("shop/basket.py", "shop/basket.py")
    assert measured.shown == measured.plain == {8_000: 1.0, 16_000: 1.0, 32_000: 1.0}
    shutil.rmtree(repos / "acme__shop.git" / "objects")
    assert located(cases, repos, kept) == [measured]


def test_cases_without_their_repository_are_passed_over(case: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text(json.dumps({**case, "repo": "acme/other"}) + "\n")
    assert located(tmp_path / "cases.jsonl", tmp_path / "repos", tmp_path / "kept") == []
