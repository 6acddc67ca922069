from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from application.brief import Brief
from application.deadline import Deadline
from application.model_session import ModelSession
from application.order import put_first
from application.ports.code_search import RankedFile
from application.ports.code_structure import Definition, DefinitionKind
from application.reranking import MAX_FILES, reranked
from domain.conversation import Reply, Spend, StopReason
from domain.errors import ModelUnavailable
from domain.policy import Policy
from tests.fakes.clock import FakeClock
from tests.fakes.model import FakeModel
from tests.fakes.task_events import Recorder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.errors import AgentError

BRIEF = Brief("The basket loses a cent")
RANKING = [
    RankedFile("shop/tax.py", 3.0, definitions=(Definition("rate_of", DefinitionKind.FUNCTION, 1, 2),)),
    RankedFile("shop/basket.py", 2.0),
    RankedFile("README.md", 1.0),
]


def session(model: FakeModel) -> ModelSession:
    deadline = Deadline(FakeClock(sleep_advances=True), 600)
    return ModelSession(model, Policy(), Recorder(), deadline, system="Rank.", spent=Spend())


async def order(answer: str | Reply | AgentError, ranking: Sequence[RankedFile] = RANKING) -> list[str]:
    return [file.path for file in await reranked(ranking, BRIEF, session(FakeModel(answer)))]


@pytest.mark.parametrize(
    "answer",
    [
        "shop/basket.py\nREADME.md",
        "1. `shop/basket.py`\n2. `README.md`\n",
        "The files are:\n\n- shop/basket.py\n- made/up.py\n- README.md\n- shop/basket.py",
    ],
)
async def test_the_files_that_the_model_names_come_first(answer: str) -> None:
    assert await order(answer) == ["shop/basket.py", "README.md", "shop/tax.py"]


@pytest.mark.parametrize(
    "answer", ["I cannot say.", "../../etc/passwd", "\n\n", Reply("", StopReason.REFUSED, Spend(), "fake")]
)
async def test_nonsense_leaves_the_ranking_as_it_was(answer: str | Reply) -> None:
    assert await order(answer) == ["shop/tax.py", "shop/basket.py", "README.md"]


async def test_a_model_that_cannot_be_asked_is_no_nonsense() -> None:
    with pytest.raises(ModelUnavailable):
        await reranked(RANKING, BRIEF, session(FakeModel(*[ModelUnavailable("gone")] * 9)))


async def test_shows_the_model_the_issue_and_what_the_files_define_and_counts_what_it_costs() -> None:
    model = FakeModel("README.md")
    asked = session(model)
    await reranked(RANKING, BRIEF, asked)
    prompt = model.asked[0][-1].text
    assert "The basket loses a cent" in prompt
    assert "shop/tax.py: rate_of\nshop/basket.py\n" in prompt
    assert asked.spent.input_tokens > 0


async def test_shows_only_the_best_files() -> None:
    model = FakeModel("none")
    ranking = [RankedFile(f"m{place:02}.py", -float(place)) for place in range(MAX_FILES + 1)]
    await reranked(ranking, BRIEF, session(model))
    assert f"m{MAX_FILES - 1:02}.py" in model.asked[0][-1].text
    assert f"m{MAX_FILES:02}.py" not in model.asked[0][-1].text


def test_what_is_put_first_has_the_highest_scores() -> None:
    found = put_first(RANKING, ["README.md", "shop/basket.py", "made/up.py"])
    assert [file.path for file in found] == ["README.md", "shop/basket.py", "shop/tax.py"]
    assert found[0].score > found[1].score > found[2].score


def test_nothing_to_put_first_changes_nothing() -> None:
    assert put_first(RANKING, []) == RANKING
    assert put_first([], ["a.py"]) == []
