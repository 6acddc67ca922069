from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from application.answer_bound import AnswerBound


@given(st.lists(st.text(max_size=6), max_size=300))
def test_an_honest_answer_never_passes(tokens: list[str]) -> None:
    bound = AnswerBound(max_tokens=300)
    assert not any(bound.passed_by(token) for token in tokens)


def test_pieces_without_end_pass() -> None:
    bound = AnswerBound(max_tokens=300)
    assert not any(bound.passed_by("a") for _ in range(600))
    assert bound.passed_by("a")


def test_bytes_without_end_pass() -> None:
    assert AnswerBound(max_tokens=300).passed_by("語" * 2_401)
