from __future__ import annotations

import pytest

from application.brief import Brief
from application.deadline import Deadline
from application.use_cases.draft_plan import DraftedPlan
from application.words_alone import NoChange, Questions
from domain.conversation import Spend
from domain.errors import AnswerUnusable
from domain.events import EditsReturned
from tests.fakes.model import FakeModel
from tests.fakes.workspace import fake_workspace
from tests.support.stage import FILES, NOTHING, PLAN, QUESTIONS, Stage


async def drafted(stage: Stage) -> DraftedPlan | NoChange | Questions:
    return await stage.draft_plan().run(
        fake_workspace(FILES),
        Brief("add subtracts"),
        events=stage.recorder,
        deadline=Deadline(stage.clock, 60.0),
        spent=Spend(),
    )


async def test_gives_the_models_plan_with_its_files_and_what_carrying_it_out_may_cost() -> None:
    result = await drafted(Stage(PLAN))
    assert isinstance(result, DraftedPlan)
    assert result.plan.files() == ("calc.py",)
    assert result.execution.output_tokens == FakeModel().profile.max_answer_tokens
    assert result.execution.input_tokens > 0


async def test_a_plan_without_a_list_of_files_goes_back_to_the_model() -> None:
    stage = Stage("Change calc.py.", PLAN)
    assert isinstance(await drafted(stage), DraftedPlan)
    assert "between one line `<files>` and one line `</files>`" in stage.model.asked[1][-1].text
    assert any(isinstance(event, EditsReturned) for event in stage.recorder.events)


@pytest.mark.parametrize(("answer", "kind"), [(NOTHING, NoChange), (QUESTIONS, Questions)])
async def test_a_model_may_answer_with_words_alone(answer: str, kind: type) -> None:
    assert isinstance(await drafted(Stage(answer)), kind)


@pytest.mark.parametrize("answer", [" \n", "Change calc.py.", "<files>\n</files>"])
async def test_a_plan_that_cannot_be_read_in_the_end_is_no_plan(answer: str) -> None:
    with pytest.raises(AnswerUnusable):
        await drafted(Stage(*[answer] * 3))
