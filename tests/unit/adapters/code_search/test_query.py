from __future__ import annotations

import time

import pytest

from adapters.code_search.query import read_query

LENGTH = 20_000


def seconds_for(text: str) -> float:
    began = time.process_time()
    read_query(text)
    return time.process_time() - began


@pytest.mark.parametrize("width", [100, LENGTH])
@pytest.mark.parametrize(
    "piece", [" ", "-", "a", "a.", "1.", ":1", 'File "', "a.b:1", "\\", "a::", "<!--", "add ", "Aa"]
)
def test_no_text_takes_much_longer_than_an_ordinary_one(piece: str, width: int) -> None:
    line = "x\n" + piece * (width // len(piece)) + "\n"
    hostile = "x\n" + line * (LENGTH // len(line))
    ordinary = max(seconds_for("the basket of a shop, and its total\n" * (LENGTH // 36)), 0.01)
    assert seconds_for(hostile) < 50 * ordinary


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("numpy: 1.17.4", False),
        ("- numpy==1.17.4", False),
        ("numpy      v1.17.4+dev", False),
        ("numpy: None", False),
        ("numpy returns None", True),
        ("since the release of numpy version 1.17 the total is off", True),
        ("see numpy", True),
    ],
)
def test_a_list_of_versions_is_passed_over(line: str, *, kept: bool) -> None:
    assert ("numpy" in read_query(f"Title\n{line}\n").terms) == kept
