from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.issue_terms import MAX_TERMS, STOP_WORDS, issue_terms, readable, split_name


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("parseHTMLBody_v2", ("parsehtmlbody_v2", "parse", "html", "body")),
        ("snake_case_name", ("snake_case_name", "snake", "case", "name")),
        ("__init__", ("init",)),
        ("word", ("word",)),
        ("utf8", ("utf8", "utf")),
        ("größenWahn", ("größenwahn", "größen", "wahn")),
        ("_", ()),
    ],
)
def test_a_name_is_split_where_its_parts_begin(name: str, terms: tuple[str, ...]) -> None:
    assert split_name(name) == terms


def test_words_that_say_nothing_are_dropped() -> None:
    assert issue_terms("The total is wrong\nwith this and that").keys() == {"total", "wrong"}


def test_repetition_adds_ever_less() -> None:
    once, often = (issue_terms(f"x\n{'cart ' * times}")["cart"] for times in (1, 500))
    assert once < often < 6


def test_comments_of_a_template_are_not_read() -> None:
    assert readable("<!-- fill in\nthis --> A title\n<!-- more -->text") == " A title\ntext"


@settings(deadline=None)
@given(st.text())
def test_any_text_has_terms_in_lower_case_and_within_the_limits(text: str) -> None:
    terms = issue_terms(text)
    assert len(terms) <= MAX_TERMS
    assert not STOP_WORDS & terms.keys()
    assert all(weight > 0 for weight in terms.values())


def test_the_heaviest_terms_are_kept() -> None:
    words = " ".join(f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(676))
    terms = issue_terms(f"voucher\n{words}")
    assert len(terms) == MAX_TERMS
    assert next(iter(terms)) == "voucher"
