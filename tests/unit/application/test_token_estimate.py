from __future__ import annotations

import inspect

from hypothesis import given
from hypothesis import strategies as st

from application import token_estimate
from application.token_estimate import estimate_prompt_tokens, estimate_tokens
from domain.conversation import Message, Role

texts = st.text()


def test_an_empty_text_has_no_tokens() -> None:
    assert estimate_tokens("") == 0


@given(st.text(min_size=1))
def test_any_other_text_has_one(text: str) -> None:
    assert estimate_tokens(text) >= 1


@given(texts, texts)
def test_two_texts_count_for_no_less_than_either_and_no_more_than_both(one: str, other: str) -> None:
    together = estimate_tokens(one + other)
    assert max(estimate_tokens(one), estimate_tokens(other)) <= together
    assert together <= estimate_tokens(one) + estimate_tokens(other)


@given(texts)
def test_there_are_never_more_tokens_than_bytes(text: str) -> None:
    assert estimate_tokens(text) <= len(text.encode("utf-8", "surrogatepass"))


def test_source_code_is_estimated_above_the_usual_four_characters_a_token() -> None:
    source = inspect.getsource(token_estimate)
    assert len(source) / 4 < estimate_tokens(source) < len(source) / 1.5


def test_what_has_no_words_counts_by_the_byte() -> None:
    assert estimate_tokens("1234567890") == 10
    assert estimate_tokens("{}[]();") == 7
    assert estimate_tokens("語") == 3


def test_a_conversation_is_more_than_its_texts() -> None:
    messages = [Message(Role.SYSTEM, "be brief"), Message(Role.USER, "why?")]
    assert estimate_prompt_tokens(messages) > estimate_tokens("be brief") + estimate_tokens("why?")
    assert estimate_prompt_tokens([]) == 0
