from __future__ import annotations

import traceback
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, get_args

import pytest
from anthropic.types import StopReason as SdkStopReason

from adapters.claude import ClaudeModel
from adapters.claude.messages_stream import STOP_REASONS
from domain.conversation import Message, Price, Role, StopReason
from domain.errors import AnswerUnusable, CredentialsRefused, InvalidInput
from domain.secret import Secret
from tests.support.model_server_claude import CONTENT_TYPE, closing, event, known, opening, refusal, said, whole
from tests.support.model_server_double import model_server
from tests.support.model_server_steps import stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.conversation import Reply
    from tests.support.model_server_double import ModelServer
    from tests.support.model_server_steps import Script

KEY = "sk-ant-planted-key"


@asynccontextmanager
async def claude(script: Script, **settings: Any) -> AsyncIterator[tuple[ClaudeModel, ModelServer]]:
    async with model_server(script) as server:
        model = ClaudeModel(Secret(KEY), base_url=server.url, **settings)
        try:
            yield model, server
        finally:
            await model.close()


async def ask(model: ClaudeModel, *messages: Message) -> Reply:
    asked = messages or (Message(Role.USER, "Mend it."),)
    return await model.reply(asked, deadline_seconds=60, on_text=lambda _: None)


async def test_asks_the_messages_api_for_a_stream() -> None:
    async with claude(whole("yes"), model="claude-x", max_answer_tokens=123) as (model, server):
        await ask(model)
    sent = server.requests[0]
    assert (sent.method, sent.target) == ("POST", "/v1/messages")
    assert (sent.json()["model"], sent.json()["max_tokens"], sent.json()["stream"]) == ("claude-x", 123, True)


async def test_system_messages_stand_apart() -> None:
    first, second = Message(Role.SYSTEM, "Be brief."), Message(Role.SYSTEM, "Be kind.")
    async with claude(whole("yes")) as (model, server):
        await ask(model, first, Message(Role.USER, "Why?"), second)
    sent = server.requests[0].json()
    assert [block["text"] for block in sent["system"]] == ["Be brief.\n\nBe kind."]
    assert [(turn["role"], turn["content"][0]["text"]) for turn in sent["messages"]] == [("user", "Why?")]


async def test_lets_the_server_keep_what_the_next_round_begins_with() -> None:
    turns = [
        Message(Role.SYSTEM, "Be brief."),
        Message(Role.USER, "The repository."),
        Message(Role.ASSISTANT, "Edits."),
    ]
    async with claude(whole("yes")) as (model, server):
        await ask(model, *turns, Message(Role.USER, "They do not fit."))
    sent = server.requests[0].json()
    blocks = [*sent["system"], *(turn["content"][0] for turn in sent["messages"])]
    kept = [block["text"] for block in blocks if block.get("cache_control") == {"type": "ephemeral"}]
    assert kept == ["Be brief.", "The repository.", "They do not fit."]


async def test_each_round_begins_with_what_the_server_has_kept_of_the_one_before() -> None:
    asked = [Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "The repository.")]
    async with claude(whole("edits")) as (model, server):
        await ask(model, *asked)
        await ask(model, *asked, Message(Role.ASSISTANT, "edits"), Message(Role.USER, "They do not fit."))
    first, second = (sent.json() for sent in server.requests)
    assert second["system"] == first["system"]
    assert second["messages"][0] == first["messages"][0]


async def test_a_temperature_is_sent_only_where_one_is_set() -> None:
    async with claude(whole("yes"), temperature=0.3) as (model, server):
        await ask(model)
    assert server.requests[0].json()["temperature"] == 0.3


async def test_sends_no_settings_that_current_models_refuse() -> None:
    async with claude(whole("yes")) as (model, server):
        await ask(model)
    assert set(server.requests[0].json()) == {"model", "max_tokens", "messages", "stream"}


async def test_uses_its_own_key_whatever_the_environment_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "another")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "another")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    async with claude(whole("yes")) as (model, server):
        await ask(model)
    headers = server.requests[0].headers
    assert KEY in headers.get("authorization", "") + headers.get("x-api-key", "")
    assert "another" not in str(headers)


@pytest.mark.parametrize("reason", get_args(SdkStopReason))
async def test_knows_every_reason_to_stop_that_the_sdk_lists(reason: str) -> None:
    async with claude(whole("some text", stop=reason)) as (model, _):
        expected = STOP_REASONS[reason]
        if expected is None:
            with pytest.raises(AnswerUnusable, match=reason):
                await ask(model)
        else:
            assert (await ask(model)).stop is expected


async def test_a_refusal_may_be_wordless() -> None:
    async with claude(whole(stop="refusal")) as (model, _):
        reply = await ask(model)
    assert (reply.text, reply.stop) == ("", StopReason.REFUSED)


async def test_a_reason_to_stop_that_nobody_knows_is_no_answer() -> None:
    async with claude(whole("some text", stop="bored")) as (model, _):
        with pytest.raises(AnswerUnusable, match="bored"):
            await ask(model)


async def test_counts_what_was_read_from_a_cache_too() -> None:
    usage = {"input_tokens": 5, "cache_read_input_tokens": 30, "cache_creation_input_tokens": 200, "output_tokens": 9}
    ends = [event("message_delta", delta={"stop_reason": "end_turn"}, usage=usage), event("message_stop")]
    script = stream([*opening(), said("yes"), *ends], CONTENT_TYPE)
    price = Price(2.0, 10.0, cache_read_usd_per_million=0.1, cache_write_usd_per_million=2.5)
    async with claude(script, price=price) as (model, _):
        reply = await ask(model)
    assert (reply.spend.input_tokens, reply.spend.output_tokens) == (235, 9)
    assert reply.spend.cost_usd == pytest.approx((5 * 2.0 + 30 * 0.1 + 200 * 2.5 + 9 * 10.0) / 1_000_000)


async def test_thinking_is_not_the_answer() -> None:
    thinking = [
        event("content_block_start", index=1, content_block={"type": "thinking", "thinking": "", "signature": ""}),
        event("content_block_delta", index=1, delta={"type": "thinking_delta", "thinking": "hm"}),
        event("content_block_delta", index=1, delta={"type": "signature_delta", "signature": "x"}),
        event("content_block_stop", index=1),
    ]
    async with claude(stream([*opening(), said("yes"), *thinking, *closing("end_turn")], CONTENT_TYPE)) as (model, _):
        assert (await ask(model)).text == "yes"


async def test_without_a_known_price_the_cost_is_unknown() -> None:
    async with claude(whole("yes"), model="claude-unheard-of") as (model, _):
        assert model.profile.price is None
        assert (await ask(model)).spend.cost_usd is None


async def test_the_default_model_has_a_price() -> None:
    async with claude(whole("yes")) as (model, _):
        assert model.profile.price == Price(2.0, 10.0, 0.1, 2.5)


async def test_a_look_says_that_the_price_is_not_known() -> None:
    async with claude(known(), model="claude-unheard-of") as (model, _):
        health = await model.check()
    assert health.usable
    assert "MODEL_PRICES" in health.remarks[0]


async def test_a_server_of_ones_own_need_not_list_its_models() -> None:
    async with claude(refusal(404, "no such page")) as (model, _):
        health = await model.check()
    assert health.usable
    assert "does not say" in health.remarks[0]


async def test_a_key_that_the_server_repeats_is_not_shown() -> None:
    async with claude(refusal(401, f"no such key: {KEY}")) as (model, _):
        with pytest.raises(CredentialsRefused) as caught:
            await ask(model)
    assert KEY not in "".join(traceback.format_exception(caught.value))


async def test_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with claude(whole("yes")) as (model, _):
        await ask(model)
    assert "v1/messages" in caplog.text
    assert KEY not in caplog.text


def test_refuses_to_start_without_a_key() -> None:
    with pytest.raises(CredentialsRefused, match="API key"):
        ClaudeModel(Secret(""))


@pytest.mark.parametrize("max_answer_tokens", [0, 200_000])
def test_refuses_an_answer_that_cannot_fit(max_answer_tokens: int) -> None:
    with pytest.raises(InvalidInput, match="does not fit"):
        ClaudeModel(Secret(KEY), max_answer_tokens=max_answer_tokens)
