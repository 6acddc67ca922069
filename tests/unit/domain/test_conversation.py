from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversation import Price, Spend, priced

counts = st.integers(min_value=0, max_value=10**9)
costs = st.none() | st.integers(min_value=0, max_value=10**6).map(float)
spends = st.builds(Spend, counts, counts, costs)


def test_spends_add_up() -> None:
    assert Spend(1, 2, 0.5) + Spend(10, 20, 0.25) == Spend(11, 22, 0.75)


def test_nothing_spent_costs_nothing() -> None:
    assert Spend() == Spend(0, 0, 0.0)


@pytest.mark.parametrize(("one", "other"), [(None, 1.0), (1.0, None), (None, None), (None, 0.0)])
def test_one_unknown_cost_makes_the_sum_unknown(one: float | None, other: float | None) -> None:
    assert Spend(1, 1, one) + Spend(1, 1, other) == Spend(2, 2, None)


@given(spends, spends, spends)
def test_the_order_of_adding_does_not_matter(one: Spend, two: Spend, three: Spend) -> None:
    assert (one + two) + three == three + (two + one)


@given(spends, spends)
def test_of_two_accounts_the_larger_counts_whichever_comes_first(one: Spend, two: Spend) -> None:
    assert one.or_more(two) == two.or_more(one)
    assert one.or_more(one) == one.or_more(Spend()) == one


def test_of_two_accounts_each_part_counts_by_itself() -> None:
    assert Spend(3, 1, 0.5).or_more(Spend(2, 4, 0.25, estimated=True)) == Spend(3, 4, 0.5, estimated=True)
    assert Spend(3, 1, 0.5).or_more(Spend(2, 4, None)).cost_usd is None


@given(spends)
def test_adding_nothing_changes_nothing(spend: Spend) -> None:
    assert spend + Spend() == spend


def test_tokens_are_those_read_and_written() -> None:
    assert Spend(3, 4).tokens == 7


def test_a_price_is_for_a_million_tokens() -> None:
    spend = priced(2_000_000, 500_000, Price(3.0, 15.0))
    assert spend == Spend(2_000_000, 500_000, 13.5)


def test_an_unknown_price_makes_an_unknown_cost() -> None:
    assert priced(5, 7, None) == Spend(5, 7, None)


def test_a_price_of_nothing_is_known() -> None:
    assert priced(5, 7, Price(0.0, 0.0)).cost_usd == 0.0
