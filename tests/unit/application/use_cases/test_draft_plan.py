from __future__ import annotations

import pytest

from application.brief import Brief
from application.deadline import Deadline
from application.use_cases.draft_plan import DraftedPlan
from application.words_alone import NoChange, Questions
from domain.conversation import Spend
from domain.errors import AnswerUnusable
from tests.fakes.workspace import fake_workspace
from tests.support.stage import FILES, NOTHING, QUESTIONS, Stage


async def drafted(stage: Stage) -> DraftedPlan | NoChange | Questions:
    return await stage.draft_plan().run(
        fake_workspace(FILES),
        Brief("add subtracts"),
        events=stage.recorder,
        deadline=Deadline(stage.clock, 60.0),
        spent=Spend(),
    )


async def test_gives_the_models_plan_and_the_files_that_it_names() -> None:
    result = await drafted(Stage("Change `calc.py`, and leave `nothing.py` and `add` alone.  \n"))
    assert isinstance(result, DraftedPlan)
    assert result.plan.text == "Change `calc.py`, and leave `nothing.py` and `add` alone."
    assert result.plan.files == ("calc.py",)


@pytest.mark.parametrize(("answer", "kind"), [(NOTHING, NoChange), (QUESTIONS, Questions)])
async def test_a_model_may_answer_with_words_alone(answer: str, kind: type) -> None:
    assert isinstance(await drafted(Stage(answer)), kind)


async def test_an_empty_plan_is_no_plan() -> None:
    with pytest.raises(AnswerUnusable):
        await drafted(Stage(" \n"))
