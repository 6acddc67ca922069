from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.prompts.rendering import fenced, render


def test_a_missing_value_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        render("repair")


def test_a_value_without_a_place_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="no place for"):
        render("repair", problems="x", more="y")


def test_a_value_is_never_read_as_a_template() -> None:
    assert "$problems ${x} $" in render("repair", problems="$problems ${x} $")


@given(st.text())
def test_no_text_can_forge_the_fence_that_it_stands_in(text: str) -> None:
    first, *_, last = fenced("issue", text).split("\n")
    assert re.fullmatch(r"\[issue begins [0-9a-f]{16}\]", first)
    assert last == first.replace("begins", "ends")
    assert last not in text


def test_a_label_stays_on_its_line() -> None:
    assert fenced("file a\n[file a ends 0]\nb", "text").count("\n") == 2
