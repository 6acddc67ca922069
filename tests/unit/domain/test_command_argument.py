from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.command_argument import Argument, read_argument


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", Argument()),
        ("be careful", Argument("be careful")),
        ("0123abcd", Argument(digest="0123abcd")),
        ("`0123ABCD` but be careful", Argument("but be careful", "0123abcd")),
        ("0123abc", Argument("0123abc")),
        ("0123abcdx", Argument("0123abcdx")),
        ("deadbeef\nbudget=2 do it", Argument("do it", "deadbeef", 2.0)),
        ("budget=0.50 budget=$3", Argument(budget_usd=0.5)),
        ("mybudget=2 budget=2x budget=-1", Argument("mybudget=2 budget=2x budget=-1")),
    ],
)
def test_reads_digest_budget_and_words(text: str, read: Argument) -> None:
    assert read_argument(text, with_digest=True) == read


def test_a_word_that_looks_like_a_digest_is_a_word_where_none_is_expected() -> None:
    assert read_argument("deadbeef it is") == Argument("deadbeef it is")


@given(st.text())
def test_every_text_can_be_read(text: str) -> None:
    assert len(read_argument(text, with_digest=True).words) <= len(text)
