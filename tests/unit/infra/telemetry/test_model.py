from __future__ import annotations

import pytest

from domain.conversation import Message, Price, Role, Spend
from domain.errors import ModelUnavailable
from infra.telemetry.catalogue import MODEL_CALLS, MODEL_COST, MODEL_FIRST_WORDS, MODEL_TOKENS
from tests.fakes.model import FakeModel
from tests.support.watcher import Watcher

ASKED = [Message(Role.USER, "a secret prompt")]
WHICH = ("chat", "double", "fake")


async def test_an_answer_is_passed_on_piece_by_piece_and_whole() -> None:
    heard: list[str] = []
    model = Watcher().telemetry.model(FakeModel("the answer"))
    reply = await model.reply(ASKED, deadline_seconds=1.0, on_text=heard.append)
    assert (reply.text, heard) == ("the answer", ["the answer"])


async def test_tokens_time_and_cost_are_counted_and_no_text_is_kept() -> None:
    watcher = Watcher()
    model = watcher.telemetry.model(FakeModel("the answer", price=Price(1.0, 2.0)))
    reply = await model.reply(ASKED, deadline_seconds=1.0, on_text=lambda _: None)
    assert watcher.series(MODEL_CALLS, "_count") == {(*WHICH, ""): 1.0, (*WHICH, "ModelUnavailable"): 0.0}
    assert watcher.series(MODEL_FIRST_WORDS, "_count") == {WHICH: 1.0}
    assert watcher.series(MODEL_TOKENS, "_sum")[(*WHICH, "output")] == reply.spend.output_tokens
    assert watcher.series(MODEL_COST, "_total") == {WHICH: reply.spend.cost_usd}
    assert "secret prompt" not in str(watcher.told("chat fake")) + watcher.metrics.page().decode()


async def test_what_a_failed_request_has_cost_is_counted_too() -> None:
    watcher = Watcher()
    model = watcher.telemetry.model(FakeModel(ModelUnavailable("it died", spend=Spend(100, 5, 0.25))))
    with pytest.raises(ModelUnavailable):
        await model.reply(ASKED, deadline_seconds=1.0, on_text=lambda _: None)
    assert watcher.series(MODEL_CALLS, "_count")[(*WHICH, "ModelUnavailable")] == 1.0
    assert watcher.series(MODEL_COST, "_total") == {WHICH: 0.25}
    assert watcher.told("chat fake")["error.type"] == "ModelUnavailable"


async def test_a_request_that_was_turned_away_unread_is_none_of_nought_tokens() -> None:
    watcher = Watcher()
    model = watcher.telemetry.model(FakeModel(ModelUnavailable("busy", spend=Spend(0, 0, 0.0))))
    with pytest.raises(ModelUnavailable):
        await model.reply(ASKED, deadline_seconds=1.0, on_text=lambda _: None)
    assert watcher.series(MODEL_TOKENS, "_count") == {}


async def test_a_model_is_known_before_it_is_asked() -> None:
    watcher = Watcher()
    watcher.telemetry.model(FakeModel())
    assert watcher.series(MODEL_COST, "_total") == {WHICH: 0.0}
