from __future__ import annotations

import pytest

from application.answer_form import AnswerForm


@pytest.mark.parametrize(
    ("model", "whole"),
    [
        ("qwen2.5-coder:1.5b", True),
        ("qwen2.5-coder:1.5b-instruct-q4_K_M", True),
        ("SmolLM2-135M", True),
        ("qwen2.5-coder:7b", False),
        ("qwen2.5-coder:32b", False),
        ("claude-sonnet-5", False),
        ("scripted", False),
    ],
)
def test_small_models_are_asked_for_whole_files(model: str, whole: bool) -> None:  # noqa: FBT001
    assert AnswerForm().wants_whole_files(model) is whole


def test_an_operator_may_name_others_or_none() -> None:
    assert AnswerForm(("mine*",)).wants_whole_files("Mine:70b")
    assert not AnswerForm(()).wants_whole_files("smollm2")
