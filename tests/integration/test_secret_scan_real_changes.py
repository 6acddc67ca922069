"""The secret scan leaves real changes alone: those of `tests/data/edits`. The benchmark measures it on more."""

from __future__ import annotations

from pathlib import Path

from adapters.secret_scan.scanner import SecretScan
from tests.benchmarks.bench_secret_scan import Diff, diffs_of_cases, refusal

EDITS = Path(__file__).parents[1] / "data" / "edits"
AT_MOST = 0.005


async def test_fewer_than_one_in_two_hundred_real_changes_are_refused() -> None:
    scanner = SecretScan()
    changes = [diff for name in ("variants.jsonl.gz", "cases.jsonl") for diff in diffs_of_cases(EDITS / name)]
    refused = [why for diff in changes if (why := await refusal(scanner, diff))]
    assert len(changes) > 400
    assert len(refused) < AT_MOST * len(changes)


async def test_a_change_with_a_key_in_it_would_be() -> None:
    key = "-----BEGIN " + "PRIVATE KEY-----"
    assert await refusal(SecretScan(), Diff("x", {"a.py": ["x = 1", key]})) == "a.py: Private Key"
