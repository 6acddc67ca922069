from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from application.patience import ONE_TRY, Patience

CERTAIN = Patience(attempts=6, first_seconds=2.0, longest_seconds=60.0, chance=lambda: 1.0)


def test_pauses_grow_threefold_up_to_the_longest() -> None:
    pauses = [CERTAIN.pause(tried, None, seconds_left=1_000) for tried in range(1, 7)]
    assert pauses == [2.0, 6.0, 18.0, 54.0, 60.0, None]


@given(st.floats(0, 1), st.integers(1, 5))
def test_each_is_a_random_share_of_that(chance: float, tried: int) -> None:
    pause = Patience(attempts=6, chance=lambda: chance).pause(tried, None, seconds_left=1_000)
    most = CERTAIN.pause(tried, None, seconds_left=1_000)
    assert pause is not None
    assert most is not None
    assert 0 <= pause <= most


def test_two_draws_differ() -> None:
    assert len({Patience().pause(1, None, seconds_left=1_000) for _ in range(20)}) > 10


def test_what_the_other_side_asks_for_is_kept_in_full() -> None:
    assert CERTAIN.pause(1, timedelta(seconds=100), seconds_left=1_000) == 102.0


def test_no_pause_takes_more_than_half_of_the_time_that_is_left() -> None:
    assert CERTAIN.pause(1, timedelta(seconds=98), seconds_left=200) == 100.0
    assert CERTAIN.pause(1, timedelta(seconds=99), seconds_left=200) is None
    assert Patience(chance=lambda: 0.0).pause(1, None, seconds_left=0) is None


def test_one_try_is_one() -> None:
    assert ONE_TRY.pause(1, None, seconds_left=1_000) is None
