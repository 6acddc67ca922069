from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from adapters.openai_compatible import OpenAiCompatibleModel
from domain.conversation import FREE, Message, Price, Role, StopReason
from domain.errors import AnswerUnusable, InvalidInput
from domain.secret import Secret
from tests.support.model_server_double import model_server
from tests.support.model_server_openai import (
    CONTENT_TYPE,
    ending,
    known,
    refusal,
    said,
    whole,
)
from tests.support.model_server_steps import ABORTED, CLOSED, HUNG, stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.conversation import Reply
    from tests.support.model_server_double import ModelServer
    from tests.support.model_server_steps import Script


@asynccontextmanager
async def server_of(*scripts: Script, **settings: Any) -> AsyncIterator[tuple[OpenAiCompatibleModel, ModelServer]]:
    async with model_server(*scripts) as server:
        model = OpenAiCompatibleModel(f"{server.url}/v1", "double:1b", **settings)
        try:
            yield model, server
        finally:
            await model.close()


async def ask(model: OpenAiCompatibleModel, prompt: str = "Mend it.") -> Reply:
    return await model.reply([Message(Role.USER, prompt)], deadline_seconds=60, on_text=lambda _: None)


async def test_asks_for_a_stream_with_counts() -> None:
    async with server_of(whole("yes"), max_answer_tokens=500) as (model, server):
        await ask(model)
    sent = server.requests[0]
    assert (sent.method, sent.target) == ("POST", "/v1/chat/completions")
    assert sent.json() == {
        "model": "double:1b",
        "messages": [{"role": "user", "content": "Mend it."}],
        "stream": True,
        "max_tokens": 500,
        "temperature": 0.2,
        "stream_options": {"include_usage": True},
    }
    assert "authorization" not in sent.headers


async def test_a_key_goes_with_every_request() -> None:
    async with server_of(whole("yes"), api_key=Secret("planted-key")) as (model, server):
        await ask(model)
    assert server.requests[0].headers["authorization"] == "Bearer planted-key"


async def test_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with server_of(whole("yes"), api_key=Secret("planted-key")) as (model, _):
        await ask(model)
    assert "chat/completions" in caplog.text
    assert "planted-key" not in caplog.text


async def test_what_the_server_counts_is_priced() -> None:
    async with server_of(whole("yes"), price=Price(2.0, 10.0)) as (model, _):
        spend = (await ask(model)).spend
    assert (spend.input_tokens, spend.output_tokens, spend.estimated) == (11, 7, False)
    assert spend.cost_usd == pytest.approx((11 * 2.0 + 7 * 10.0) / 1_000_000)


async def test_without_a_price_the_cost_is_not_known() -> None:
    async with server_of(whole("yes")) as (model, _):
        assert (await ask(model)).spend.cost_usd is None


async def test_a_server_that_counts_nothing_is_estimated_and_the_spend_says_so() -> None:
    async with server_of(stream([said("yes"), ending("stop")], CONTENT_TYPE), price=FREE) as (model, _):
        spend = (await ask(model)).spend
    assert spend.estimated
    assert spend.input_tokens > 0 < spend.output_tokens


@pytest.mark.parametrize("end", [CLOSED, ABORTED], ids=["closed", "reset"])
async def test_an_answer_that_was_whole_counts_though_the_connection_died_before_its_counts(end: Script) -> None:
    async with server_of(stream([said("yes"), ending("stop")], CONTENT_TYPE, end=end)) as (model, _):
        reply = await ask(model)
    assert (reply.text, reply.stop, reply.spend.estimated) == ("yes", StopReason.END, True)


async def test_a_server_that_never_closes_after_its_answer_is_not_waited_for() -> None:
    async with server_of(stream([said("yes"), ending("stop")], CONTENT_TYPE, end=HUNG), stall_seconds=0.2) as (
        model,
        _,
    ):
        assert (await ask(model)).text == "yes"


async def test_a_filter_that_stopped_the_answer_is_a_refusal() -> None:
    async with server_of(whole("I", stop="refused")) as (model, _):
        assert (await ask(model)).stop is StopReason.REFUSED


@pytest.mark.parametrize("reason", ["tool_calls", "abort"])
async def test_a_reason_that_is_no_end_of_an_answer_makes_it_unusable(reason: str) -> None:
    async with server_of(whole("yes", stop=reason)) as (model, _):
        with pytest.raises(AnswerUnusable, match=reason) as caught:
            await ask(model)
    assert caught.value.spend is not None
    assert caught.value.spend.tokens == 18


async def test_what_the_server_does_not_want_to_be_told_is_left_out_from_then_on() -> None:
    picky = [
        refusal(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        refusal(400, "Unsupported value: 'temperature' does not support 0.2"),
        whole("yes"),
    ]
    async with server_of(*picky, max_answer_tokens=500) as (model, server):
        await ask(model)
        await ask(model)
    for sent in server.requests[2:]:
        assert "max_tokens" not in sent.json()
        assert "temperature" not in sent.json()
        assert sent.json()["max_completion_tokens"] == 500
    assert len(server.requests) == 4


async def test_a_request_that_is_refused_for_another_reason_is_not_sent_again() -> None:
    async with server_of(refusal(400, "no")) as (model, server):
        with pytest.raises(InvalidInput):
            await ask(model)
    assert len(server.requests) == 1


@pytest.mark.parametrize("facts", [{}, {"max_model_len": None, "meta": {"n_ctx": 32_768}}])
async def test_what_the_server_can_read_bounds_what_is_used(facts: dict[str, object]) -> None:
    async with server_of(known(**facts), context_tokens=100_000) as (model, _):
        assert (await model.fitted_profile()).context_tokens == 32_768
        assert model.profile.context_tokens == 32_768


async def test_a_look_for_a_model_that_is_not_there_names_those_that_are() -> None:
    async with server_of(known("qwen", "gemma")) as (model, _):
        health = await model.check()
    assert not health.usable
    assert "(qwen, gemma)" in health.problems[0]


async def test_a_server_that_lists_no_models_is_given_the_benefit_of_the_doubt() -> None:
    async with server_of(refusal(404, "no such page")) as (model, _):
        health = await model.check()
    assert health.usable
    assert "does not say" in health.remarks[0]


@pytest.mark.parametrize(("price", "told"), [(None, True), (FREE, False), (Price(1.0, 1.0), False)])
async def test_a_look_says_where_the_price_is_not_known(price: Price | None, told: bool) -> None:  # noqa: FBT001
    async with server_of(known(), price=price) as (model, _):
        health = await model.check()
    assert any("MODEL_PRICES" in remark for remark in health.remarks) is told


@pytest.mark.parametrize(("served", "problem", "remark"), [(2_048, True, False), (8_192, False, True)])
async def test_a_look_compares_the_context_with_what_is_wanted(served: int, problem: bool, remark: bool) -> None:  # noqa: FBT001
    async with server_of(known(max_model_len=served), price=FREE) as (model, _):
        health = await model.check()
    assert (bool(health.problems), bool(health.remarks)) == (problem, remark)
    assert health.context_tokens == served


@pytest.mark.parametrize("max_answer_tokens", [0, 16_384])
def test_refuses_an_answer_that_cannot_fit(max_answer_tokens: int) -> None:
    with pytest.raises(InvalidInput, match="does not fit"):
        OpenAiCompatibleModel("http://localhost/v1", "m", max_answer_tokens=max_answer_tokens)
