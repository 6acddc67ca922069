from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from application.deadline import Deadline
from application.model_session import ModelSession
from application.patience import Patience
from domain.conversation import Price, Reply, Role, Spend, StopReason
from domain.errors import (
    AnswerUnusable,
    BudgetExceeded,
    CredentialsRefused,
    InvalidInput,
    ModelUnavailable,
    NotFound,
)
from domain.events import ModelAsked, ModelFailed, ModelReplied, ModelWriting
from domain.policy import Policy
from tests.fakes.clock import FakeClock
from tests.fakes.model import FakeModel
from tests.fakes.task_events import Recorder

if TYPE_CHECKING:
    from domain.errors import AgentError

AWAY = ModelUnavailable("away", spend=Spend())
PRICE = Price(10.0, 100.0)


@dataclass
class Scene:
    """A conversation; pauses take their time on the clock, and none is shortened by chance."""

    model: FakeModel
    policy: Policy = field(default_factory=Policy)
    seconds: float = 1_000.0
    attempts: int = 3
    spent: Spend = field(default_factory=Spend)
    clock: FakeClock = field(default_factory=lambda: FakeClock(sleep_advances=True))
    events: Recorder = field(default_factory=Recorder)

    def session(self) -> ModelSession:
        patience = Patience(attempts=self.attempts, chance=lambda: 1.0)
        deadline = Deadline(self.clock, self.seconds)
        return ModelSession(
            self.model, self.policy, self.events, deadline, system="Be kind.", spent=self.spent, patience=patience
        )


def cut(text: str) -> Reply:
    return Reply(text, StopReason.LENGTH, Spend(10, 10), "fake")


async def test_asks_again_what_failed_for_now_and_says_so() -> None:
    scene = Scene(FakeModel(AWAY, AWAY, "yes"))
    assert await scene.session().ask("Mend it.") == "yes"
    assert scene.clock.slept == [2.0, 6.0]
    assert [failed.again_in_seconds for failed in scene.events.of(ModelFailed)] == [2.0, 6.0]


async def test_each_request_has_what_is_left_of_the_time() -> None:
    scene = Scene(FakeModel(AWAY, AWAY, "yes"), seconds=60.0)
    await scene.session().ask("Mend it.")
    assert scene.model.deadlines == [60.0, 58.0, 52.0]


async def test_gives_up_after_the_last_try_with_the_last_error() -> None:
    scene = Scene(FakeModel(*[AWAY] * 3))
    with pytest.raises(ModelUnavailable, match="away"):
        await scene.session().ask("Mend it.")
    assert [failed.again_in_seconds for failed in scene.events.of(ModelFailed)] == [2.0, 6.0, None]


async def test_waits_as_long_as_the_server_asks_where_the_time_allows_it() -> None:
    busy = ModelUnavailable("busy", retry_after=timedelta(seconds=100), spend=Spend())
    scene = Scene(FakeModel(busy, "yes"))
    await scene.session().ask("Mend it.")
    assert scene.clock.slept == [102.0]


async def test_leaves_a_longer_wait_to_whoever_can_bring_the_task_back() -> None:
    busy = ModelUnavailable("busy", retry_after=timedelta(minutes=10), spend=Spend())
    scene = Scene(FakeModel(busy))
    with pytest.raises(ModelUnavailable) as caught:
        await scene.session().ask("Mend it.")
    assert caught.value.retry_after == timedelta(minutes=10)
    assert scene.clock.slept == []


@pytest.mark.parametrize("error", [CredentialsRefused("no"), InvalidInput("no"), NotFound("no"), AnswerUnusable("no")])
async def test_does_not_repeat_what_will_not_help(error: AgentError) -> None:
    scene = Scene(FakeModel(error))
    with pytest.raises(type(error)):
        await scene.session().ask("Mend it.")
    assert len(scene.model.asked) == 1
    assert [failed.reason for failed in scene.events.of(ModelFailed)] == ["no"]


async def test_a_request_that_was_refused_has_cost_nothing() -> None:
    scene = Scene(FakeModel(AWAY, CredentialsRefused("no"), price=PRICE))
    session = scene.session()
    with pytest.raises(CredentialsRefused):
        await session.ask("Mend it.")
    assert session.spent == Spend()
    assert scene.events.of(ModelFailed)[-1].total == Spend()


async def test_one_that_died_on_the_way_has_cost_the_prompt_by_estimate() -> None:
    scene = Scene(FakeModel(ModelUnavailable("cut"), "yes", price=PRICE))
    session = scene.session()
    await session.ask("Mend it.")
    asked, again = scene.events.of(ModelAsked)
    (replied,) = scene.events.of(ModelReplied)
    assert scene.events.of(ModelFailed)[0].total == asked.committed
    assert again.committed.input_tokens == 2 * asked.committed.input_tokens
    assert session.spent == asked.committed + replied.spend
    assert session.spent.estimated


async def test_an_answer_that_is_none_has_cost_what_the_server_says() -> None:
    scene = Scene(FakeModel(AnswerUnusable("empty", spend=Spend(40, 5, 0.25))))
    session = scene.session()
    with pytest.raises(AnswerUnusable):
        await session.ask("Mend it.")
    assert session.spent == Spend(40, 5, 0.25)


async def test_one_that_is_stopped_in_mid_answer_has_cost_what_was_heard() -> None:
    scene = Scene(FakeModel("x" * 3_000, price=PRICE, hold_after=900))
    session = scene.session()
    asking = asyncio.create_task(session.ask("Mend it."))
    await scene.model.holding.wait()
    asking.cancel()
    await asyncio.wait({asking})
    assert session.spent.output_tokens == 300
    assert scene.events.of(ModelWriting)[-1].committed == session.spent


async def test_no_request_is_made_that_may_cost_too_much_not_even_a_repeated_one() -> None:
    scene = Scene(FakeModel(ModelUnavailable("cut"), price=Price(0.0, 1_000.0), max_answer_tokens=1_000))
    scene.policy = Policy(max_tokens=1_030)
    with pytest.raises(BudgetExceeded, match="limit"):
        await scene.session().ask("Mend it.")
    assert len(scene.model.asked) == 1


async def test_an_unknown_price_is_held_to_the_tokens_alone_and_is_told_before() -> None:
    scene = Scene(FakeModel("yes", price=None), policy=Policy(max_cost_usd=0.0))
    await scene.session().ask("Mend it.")
    assert scene.events.of(ModelAsked)[0].estimate.cost_usd is None
    scene = Scene(FakeModel(price=None), policy=Policy(max_tokens=100))
    with pytest.raises(BudgetExceeded):
        await scene.session().ask("Mend it.")


async def test_an_answer_that_was_cut_off_is_continued_in_a_turn_of_the_users() -> None:
    scene = Scene(FakeModel(cut("one\ntwo thr"), "two three\nfour\n", "again"))
    session = scene.session()
    assert await session.ask("Count.") == "one\ntwo three\nfour\n"
    roles = [message.role for message in scene.model.asked[1]]
    assert roles == [Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER]
    assert "cut off" in scene.model.asked[1][-1].text
    await session.ask("Once more.")
    assert [message.text for message in scene.model.asked[2][1:]] == [
        "Count.",
        "one\ntwo three\nfour\n",
        "Once more.",
    ]


async def test_one_that_is_cut_off_twice_is_refused_and_both_parts_are_paid() -> None:
    scene = Scene(FakeModel(cut("one\n"), cut("two\n")))
    session = scene.session()
    with pytest.raises(AnswerUnusable, match="cut off twice"):
        await session.ask("Count.")
    assert session.spent == Spend(20, 20)


async def test_one_that_was_cut_off_before_its_first_word_is_refused() -> None:
    scene = Scene(FakeModel(cut(" \n")))
    with pytest.raises(AnswerUnusable, match="before its first word"):
        await scene.session().ask("Count.")


async def test_one_that_fills_the_context_is_not_continued() -> None:
    scene = Scene(FakeModel(cut("x" * 9_000), context_tokens=4_000, max_answer_tokens=2_000))
    with pytest.raises(AnswerUnusable, match="no room"):
        await scene.session().ask("Count.")


async def test_a_refusal_is_one_though_it_comes_in_the_second_part() -> None:
    refusal = Reply("", StopReason.REFUSED, Spend(1, 1), "fake")
    scene = Scene(FakeModel(cut("one\n"), refusal))
    with pytest.raises(AnswerUnusable, match="refused"):
        await scene.session().ask("Count.")
