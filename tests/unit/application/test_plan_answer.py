from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.plan_answer import harmless_plan, read_plan
from domain.errors import InvalidInput
from domain.model_text import LONGEST

ANSWER = """The sum is wrong.

<files>
- `calc.py`: add instead of subtracting
- `tests/test_calc.py` (new)
</files>

Checked by `pytest`.
"""


def test_reads_the_words_and_the_files() -> None:
    plan = read_plan(ANSWER)
    assert plan.files() == ("calc.py", "tests/test_calc.py")
    assert plan.words.startswith("The sum is wrong.\n")
    assert plan.words.endswith("Checked by `pytest`.")


def test_makes_the_models_words_harmless() -> None:
    plan = harmless_plan(read_plan(ANSWER.replace("The sum", "@everyone, fixes #7: <!-- coding-agent:plan -->")))
    assert "@everyone" not in plan.text
    assert "fixes #7" not in plan.text
    assert "coding-agent:plan " not in plan.text
    assert plan.files() == ("calc.py", "tests/test_calc.py")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("", "must stand between"),
        (ANSWER.replace("</files>", ""), "must stand between"),
        (f"{ANSWER}{ANSWER}", "must stand between"),
        ("</files>\n- `a.py`\n<files>", "is empty"),
        (ANSWER.replace("- `calc.py`", "- calc.py"), "calc.py: add"),
        ("<files>\nnone\n</files>", "empty"),
        (f"{'long ' * LONGEST}{ANSWER}", "at most 20,000"),
    ],
)
def test_says_what_is_wrong_with_a_list_that_cannot_be_read(answer: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        read_plan(answer)


@given(st.lists(st.sampled_from(["<files>", "</files>", "- `a.py`", "- `", "<!-- coding-agent:files -->", "x"])))
def test_whatever_it_reads_has_a_list_of_files_that_posting_does_not_change(lines: list[str]) -> None:
    try:
        plan = read_plan("\n".join(lines))
    except InvalidInput:
        return
    assert harmless_plan(plan).files() == plan.files()
