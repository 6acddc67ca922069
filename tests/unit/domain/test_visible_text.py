from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.visible_text import visible


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("a<!-- do evil -->b", "ab"),
        ("a<!-- one --> b <!--two\nlines-->c", "a b c"),
        ("an unclosed <!-- comment hides the rest", "an unclosed "),
        ("<!<!-- one -->-- two -->left", "left"),
        ("zero\u200bwidth", "zerowidth"),
        ("right\u202eto left", "rightto left"),
        ("tag\U000e0041\U000e0042 letters", "tag letters"),
        ("soft\u00adhyphen", "softhyphen"),
        ("bell\x07", "bell"),
        ("line\r\nend\rs", "line\nend\ns"),
    ],
)
def test_leaves_out_what_a_page_does_not_show(hidden: str, shown: str) -> None:
    assert visible(hidden) == shown


@pytest.mark.parametrize("text", ["tabs\tand\nlines", "Ünïcödé 文字 🙂", "m\u200cn", "👩\u200d💻", "1 < 2 -- 3 > 2"])
def test_keeps_what_people_write(text: str) -> None:
    assert visible(text) == text


@given(st.text() | st.text(alphabet="<!->ab\u200b"))
def test_what_is_visible_once_is_visible_again(text: str) -> None:
    assert visible(visible(text)) == visible(text)
