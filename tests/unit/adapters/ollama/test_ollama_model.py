from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from adapters.ollama import OllamaModel
from domain.conversation import FREE, Message, Role, StopReason
from domain.errors import AnswerUnusable, InvalidInput, ModelUnavailable
from tests.support.model_server_double import model_server
from tests.support.model_server_ollama import CONTENT_TYPE, known, last, line, part, refusal, said, whole
from tests.support.model_server_steps import HUNG, Pause, stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.conversation import Reply
    from tests.support.model_server_double import ModelServer
    from tests.support.model_server_steps import Script


@asynccontextmanager
async def ollama(*scripts: Script, **settings: Any) -> AsyncIterator[tuple[OllamaModel, ModelServer]]:
    async with model_server(*scripts) as server:
        model = OllamaModel(server.url, "qwen2.5-coder:7b", **settings)
        try:
            yield model, server
        finally:
            await model.close()


async def ask(model: OllamaModel, prompt: str = "Mend it.") -> Reply:
    return await model.reply([Message(Role.USER, prompt)], deadline_seconds=60, on_text=lambda _: None)


async def test_asks_the_chat_endpoint_for_a_stream_of_one_model() -> None:
    async with ollama(whole("yes"), temperature=0.5) as (model, server):
        await ask(model)
    sent = server.requests[0]
    assert (sent.method, sent.target) == ("POST", "/api/chat")
    assert (sent.json()["model"], sent.json()["stream"]) == ("qwen2.5-coder:7b", True)
    assert sent.json()["options"]["temperature"] == 0.5
    assert "authorization" not in sent.headers


async def test_keeps_the_path_of_the_address() -> None:
    async with model_server(whole("yes")) as server:
        model = OllamaModel(f"{server.url}/models/", "m")
        await ask(model)
        await model.close()
    assert server.requests[0].target == "/models/api/chat"


async def test_credentials_in_the_address_are_for_a_gateway() -> None:
    async with model_server(whole("yes")) as server:
        model = OllamaModel(server.url.replace("://", "://user:word@"), "m")
        await ask(model)
        await model.close()
    assert server.requests[0].headers["authorization"] == "Basic dXNlcjp3b3Jk"


async def test_never_lets_the_server_shorten_prompt_or_memory() -> None:
    async with ollama(whole("yes")) as (model, server):
        await ask(model)
    sent = server.requests[0].json()
    assert (sent["truncate"], sent["shift"]) == (False, False)


@pytest.mark.parametrize(
    ("letters", "window"), [(10, 4_096), (9_000, 4_096), (10_000, 8_192), (30_000, 16_384), (60_000, 24_000)]
)
async def test_asks_for_a_window_of_one_of_few_sizes_and_no_larger_than_allowed(letters: int, window: int) -> None:
    async with ollama(whole("yes"), context_tokens=24_000, max_answer_tokens=1_000) as (model, server):
        await ask(model, "x" * letters)
    options = server.requests[0].json()["options"]
    assert (options["num_ctx"], options["num_predict"]) == (window, 1_000)


async def test_refuses_a_prompt_that_leaves_no_room() -> None:
    async with ollama(whole("yes"), context_tokens=4_000, max_answer_tokens=1_000) as (model, server):
        with pytest.raises(InvalidInput, match="no room"):
            await ask(model, "x" * 12_000)
    assert server.requests == []


@pytest.mark.parametrize("max_answer_tokens", [0, 16_384])
def test_refuses_an_answer_that_cannot_fit(max_answer_tokens: int) -> None:
    with pytest.raises(InvalidInput, match="does not fit"):
        OllamaModel("http://localhost", "m", max_answer_tokens=max_answer_tokens)


async def test_a_local_model_is_free() -> None:
    async with ollama(whole("yes")) as (model, _):
        assert model.profile.price == FREE
        assert (await ask(model)).spend.cost_usd == 0.0


async def test_counts_that_the_server_leaves_out_are_estimated() -> None:
    async with ollama(stream([said("yes"), line({"done": True})], CONTENT_TYPE)) as (model, _):
        reply = await ask(model)
    assert reply.stop is StopReason.END
    assert reply.spend.input_tokens > 0
    assert reply.spend.output_tokens > 0


@pytest.mark.parametrize("reason", ["load", "unload"])
async def test_a_reason_that_is_no_end_of_an_answer_makes_it_unusable(reason: str) -> None:
    async with ollama(stream([said("yes"), last(reason)], CONTENT_TYPE)) as (model, _):
        with pytest.raises(AnswerUnusable, match=reason):
            await ask(model)


async def test_waits_longer_for_the_first_byte_than_for_the_next() -> None:
    answer = stream([said("yes"), last("stop")], CONTENT_TYPE)
    async with ollama((Pause(0.5), *answer), first_byte_seconds=30, stall_seconds=0.2) as (model, _):
        assert (await ask(model)).text == "yes"


async def test_a_server_that_says_nothing_at_all_is_unavailable_before_the_deadline() -> None:
    async with ollama(HUNG, first_byte_seconds=0.2, stall_seconds=0.2) as (model, server):
        with pytest.raises(ModelUnavailable, match="nothing"):
            await ask(model)
        assert await server.lost_clients() == 1


async def test_once_it_writes_a_short_silence_is_a_stall() -> None:
    async with ollama(part("Once", then=HUNG), first_byte_seconds=30, stall_seconds=0.2) as (model, _):
        with pytest.raises(ModelUnavailable, match=r"nothing for 0\.2 s"):
            await ask(model)


async def test_the_models_own_context_bounds_what_is_used() -> None:
    async with ollama(known(8_192), whole("yes"), context_tokens=32_768, max_answer_tokens=1_000) as (model, server):
        assert (await model.fitted_profile()).context_tokens == 8_192
        await model.fitted_profile()
        with pytest.raises(InvalidInput, match="8192"):
            await ask(model, "x" * 30_000)
    assert [sent.target for sent in server.requests] == ["/api/show"]


async def test_a_window_once_asked_for_is_kept_so_that_the_model_is_not_loaded_anew() -> None:
    async with ollama(whole("yes"), max_answer_tokens=1_000) as (model, server):
        await ask(model, "x" * 10_000)
        await ask(model, "x")
    assert [sent.json()["options"]["num_ctx"] for sent in server.requests] == [8_192, 8_192]


TOO_LONG = '{"error":{"code":400,"message":"request (8889 tokens) exceeds the available context size (4096 tokens)"}}'


async def test_a_prompt_that_was_larger_than_estimated_is_sent_again_with_the_whole_window() -> None:
    async with ollama(refusal(400, TOO_LONG), whole("yes"), context_tokens=16_384) as (model, server):
        assert (await ask(model)).text == "yes"
    assert [sent.json()["options"]["num_ctx"] for sent in server.requests] == [8_192, 16_384]


async def test_a_prompt_that_is_too_long_for_the_whole_window_is_told() -> None:
    async with ollama(refusal(400, TOO_LONG)) as (model, server):
        with pytest.raises(InvalidInput, match="CONTEXT_TOKENS") as caught:
            await ask(model)
    assert len(server.requests) == 2
    assert "request (8889 tokens)" in str(caught.value)


async def test_an_answer_without_end_is_ended_here_and_the_server_notices() -> None:
    babble = stream([said("again and again ")] * 3_000, CONTENT_TYPE, end=HUNG)
    async with ollama(babble, max_answer_tokens=256, context_tokens=4_096) as (model, server):
        with pytest.raises(AnswerUnusable, match="did not stop at 256"):
            await ask(model)
        assert await server.lost_clients() == 1


async def test_thoughts_without_end_are_ended_too() -> None:
    thought = line({"message": {"role": "assistant", "content": "", "thinking": "hm "}, "done": False})
    async with ollama(stream([thought] * 3_000, CONTENT_TYPE, end=HUNG), max_answer_tokens=256) as (model, _):
        with pytest.raises(AnswerUnusable, match="did not stop"):
            await ask(model)


async def test_a_look_at_a_model_that_is_not_pulled_says_how_to_pull_it() -> None:
    async with ollama(refusal(404, "model 'qwen2.5-coder:7b' not found")) as (model, _):
        health = await model.check()
    assert (health.reachable, health.usable) == (True, False)
    assert "`ollama pull qwen2.5-coder:7b`" in health.problems[0]


async def test_a_look_at_a_model_for_embeddings_says_that_it_cannot_write() -> None:
    async with ollama(known(capabilities=("embedding",))) as (model, _):
        health = await model.check()
    assert "cannot write answers" in health.problems[0]


@pytest.mark.parametrize(
    ("own", "problem", "remark"), [(2_048, True, False), (8_192, False, True), (16_384, False, False)]
)
async def test_a_look_compares_the_models_context_with_what_is_wanted(own: int, problem: bool, remark: bool) -> None:  # noqa: FBT001
    async with ollama(known(own), context_tokens=16_384, max_answer_tokens=4_096) as (model, _):
        health = await model.check()
    assert (bool(health.problems), bool(health.remarks)) == (problem, remark)
    assert health.context_tokens == own
