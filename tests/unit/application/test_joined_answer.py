from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from application.joined_answer import joined_answer

WHOLE = '<title>Mend it</title>\n<file path="a.py">\n    return a + b\n    return a - b\n</file>\n' * 3


@given(st.integers(1, len(WHOLE) - 1))
def test_a_rest_that_begins_the_unfinished_line_again_makes_the_answer_whole(cut: int) -> None:
    first = WHOLE[:cut]
    line = first.rfind("\n") + 1
    rest = WHOLE[line:]
    assume(not rest.startswith(first[:80]))
    assert joined_answer(first, rest) == WHOLE


@pytest.mark.parametrize("blank", ["", "\n", "\n\n"])
def test_a_blank_line_before_it_does_not_count(blank: str) -> None:
    assert joined_answer("one\ntwo thr", f"{blank}two three\nfour\n") == "one\ntwo three\nfour\n"


def test_a_rest_that_goes_on_in_mid_line_is_taken_at_its_word() -> None:
    assert joined_answer("one\ntwo thr", "ee\nfour\n") == "one\ntwo three\nfour\n"


def test_a_rest_that_goes_on_after_a_whole_line_is_added() -> None:
    assert joined_answer("one\ntwo\n", "three\n") == "one\ntwo\nthree\n"


def test_an_answer_that_is_begun_again_takes_the_place_of_the_first() -> None:
    assert joined_answer(WHOLE[:100], WHOLE) == WHOLE


@given(st.text(), st.text())
def test_nothing_of_the_second_part_is_lost(first: str, rest: str) -> None:
    assert joined_answer(first, rest).endswith(rest.lstrip("\n"))
