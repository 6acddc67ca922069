from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.prompt_meter import PromptMeter
from application.token_estimate import estimate_prompt_tokens
from domain.conversation import Message, Role

SYSTEM = Message(Role.SYSTEM, "You mend programs.")
ASKED = (SYSTEM, Message(Role.USER, "def f():\n    return 1\n" * 400))
REST = (Message(Role.ASSISTANT, "Edits."), Message(Role.USER, "They do not fit."))
GUESS = estimate_prompt_tokens(ASKED)


def test_before_anything_is_known_it_guesses() -> None:
    assert PromptMeter().estimate(ASKED) == GUESS


def test_what_was_counted_is_known_and_only_the_rest_is_guessed() -> None:
    meter = PromptMeter()
    meter.learn(ASKED, GUESS - 500)
    assert meter.estimate(ASKED) == GUESS - 500
    assert meter.estimate((*ASKED, *REST)) == GUESS - 500 + estimate_prompt_tokens(REST)


def test_one_conversation_that_was_smaller_does_not_make_the_next_one_so() -> None:
    meter = PromptMeter()
    meter.learn(ASKED, GUESS - 500)
    assert meter.estimate((SYSTEM, Message(Role.USER, "語" * 900))) >= 2_700


def test_one_that_was_larger_makes_every_other_larger() -> None:
    meter = PromptMeter()
    meter.learn(ASKED, GUESS * 2)
    assert meter.estimate(REST) == estimate_prompt_tokens(REST) * 2


def test_a_short_prompt_teaches_nothing_of_others() -> None:
    meter = PromptMeter()
    meter.learn((SYSTEM,), estimate_prompt_tokens((SYSTEM,)) * 3)
    assert meter.estimate(REST) == estimate_prompt_tokens(REST)


@pytest.mark.parametrize("counted", [0, 1, GUESS // 4, GUESS * 5])
def test_a_count_that_cannot_be_is_not_believed(counted: int) -> None:
    meter = PromptMeter()
    meter.learn(ASKED, counted)
    assert meter.estimate(ASKED) == GUESS


@given(st.lists(st.tuples(st.text(min_size=1), st.integers(0, 10_000)), max_size=50))
def test_a_longer_conversation_is_never_smaller(learned: list[tuple[str, int]]) -> None:
    meter = PromptMeter()
    for text, counted in learned:
        meter.learn((Message(Role.USER, text),), counted)
    for text, _ in learned:
        asked = (Message(Role.USER, text),)
        assert meter.estimate((*asked, *REST)) > meter.estimate(asked)
