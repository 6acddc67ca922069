from __future__ import annotations

import pytest

from tests.benchmarks.conditional_logit import fitted, left_out_ranks
from tests.benchmarks.located import Located
from tests.benchmarks.location_reports import as_it_is, quality, rates, shown


def case(repo: str, gold: list[str], ranking: list[str], signal: list[float]) -> Located:
    paths = ["a.py", "b.py", "c.py"]
    shares = {8_000: 0.6, 16_000: 1.0, 32_000: 1.0}
    halves = dict.fromkeys(shares, 0.5)
    return Located(repo, repo, gold, ranking, paths, 1.0, shares, halves, paths, ["code"] * 3, {"telling": signal})


CASES = [
    case("one", ["b.py"], ["b.py", "a.py", "c.py"], [0.1, 1.0, 0.2]),
    case("two", ["a.py", "c.py"], ["b.py", "a.py", "c.py"], [0.9, 0.1, 1.0]),
]


def test_an_issue_counts_where_all_its_files_are_among_the_first() -> None:
    measured = rates([as_it_is(one) for one in CASES])
    assert (measured["R@1"], measured["R@5"], measured["one: R@1"], measured["several: R@5"]) == (50, 100, 100, 100)
    assert measured["bm25s: R@1"] == 0


def test_the_table_has_each_repository_and_all() -> None:
    report = quality("Title", list(map(as_it_is, CASES)), "locate")
    assert [row[0] for row in report.rows] == ["one", "two", "all"]


def test_what_is_shown_is_set_beside_the_plain_way() -> None:
    assert shown(CASES).rows[0][:5] == ("all", "2", "60.0", "50.0", "1.20")


def test_a_telling_signal_gets_weight_and_ranks_a_repository_not_learned_from() -> None:
    assert fitted(CASES, ["telling"])[0] > 0
    assert left_out_ranks(CASES, ["telling"]) == [[1.0], [2.0, 1.0]]


@pytest.mark.parametrize("gold", [["gone.py"], ["a.py", "gone.py"]])
def test_a_file_that_was_never_found_is_never_among_the_first(gold: list[str]) -> None:
    assert rates([as_it_is(case("one", gold, ["a.py"], [1, 1, 1]))])["R@50"] == 0
