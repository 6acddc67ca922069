"""What every `LanguageModel` promises, whatever stands behind it."""

from __future__ import annotations

import asyncio
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from domain.conversation import Message, Role, Spend, StopReason
from domain.errors import AgentError, AnswerUnusable, CredentialsRefused, InvalidInput, ModelUnavailable, NotFound
from tests.support.model_harnesses import (
    ClaudeHarness,
    FakeHarness,
    OllamaHarness,
    OpenAiHarness,
    ScriptedHarness,
    unused_url,
)
from tests.support.model_server_double import model_server
from tests.support.model_server_steps import ABORTED, CLOSED, COMPLETE, HUNG, respond, stream

if TYPE_CHECKING:
    from application.ports.language_model import LanguageModel
    from domain.conversation import Reply
    from tests.support.model_harnesses import (
        Harness,
        ServedHarness,
    )
    from tests.support.model_server_steps import Script

SERVED: list[ServedHarness] = [OllamaHarness(), ClaudeHarness(), OpenAiHarness()]
EVERY: list[Harness] = [FakeHarness(), ScriptedHarness(), *SERVED]

every_model = pytest.mark.parametrize("harness", EVERY, ids=str)
every_served_model = pytest.mark.parametrize("harness", SERVED, ids=str)

CONVERSATION = (
    Message(Role.SYSTEM, "You mend programs."),
    Message(Role.USER, "Mend this «été»."),
)
AMPLE = 60.0


def ignore(_: str) -> None:
    pass


async def ask(model: LanguageModel, deadline_seconds: float = AMPLE) -> Reply:
    return await model.reply(CONVERSATION, deadline_seconds=deadline_seconds, on_text=ignore)


async def ask_at(harness: ServedHarness, url: str) -> Reply:
    model = harness.connected(url)
    try:
        return await ask(model)
    finally:
        await model.close()


@every_model
async def test_returns_the_text_that_it_streamed(harness: Harness) -> None:
    heard: list[str] = []
    async with harness.answering("Once ", "upon\n", "a «été».") as model:
        reply = await model.reply(CONVERSATION, deadline_seconds=AMPLE, on_text=heard.append)
    assert reply.text == "".join(heard) == "Once upon\na «été»."
    assert reply.stop is StopReason.END


@every_model
async def test_counts_what_was_read_and_written(harness: Harness) -> None:
    async with harness.answering("an answer") as model:
        reply = await ask(model)
    assert reply.spend.input_tokens > 0
    assert reply.spend.output_tokens > 0
    assert reply.model


@every_model
async def test_has_room_for_a_prompt_beside_the_answer(harness: Harness) -> None:
    async with harness.answering("an answer") as model:
        assert model.profile.name
        assert 0 < model.profile.max_answer_tokens < model.profile.context_tokens


@every_model
async def test_an_empty_answer_is_none(harness: Harness) -> None:
    async with harness.answering(" \n") as model:
        with pytest.raises(AnswerUnusable):
            await ask(model)


@every_model
async def test_gives_up_at_the_deadline(harness: Harness) -> None:
    async with harness.answering("too ", "late", pause=30.0) as model:
        with pytest.raises(ModelUnavailable):
            await ask(model, deadline_seconds=0.05)


@every_model
async def test_can_be_cancelled(harness: Harness) -> None:
    async with harness.answering("never ", "heard", pause=30.0) as model:
        asking = asyncio.create_task(ask(model))
        await asyncio.sleep(0.05)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


@every_model
async def test_serves_several_conversations_at_once(harness: Harness) -> None:
    async with harness.answering("an ", "answer", pause=0.01) as model:
        replies = await asyncio.gather(*(ask(model) for _ in range(3)))
    assert [reply.text for reply in replies] == ["an answer"] * 3


@every_served_model
async def test_says_when_the_answer_was_cut(harness: ServedHarness) -> None:
    async with harness.serving(harness.wire.whole("half an", stop="length")) as served:
        reply = await ask(served.model)
    assert reply.stop is StopReason.LENGTH
    assert reply.text == "half an"


@every_served_model
async def test_an_answer_that_was_cut_before_its_first_word_is_one(harness: ServedHarness) -> None:
    async with harness.serving(harness.wire.whole(stop="length")) as served:
        reply = await ask(served.model)
    assert (reply.text, reply.stop) == ("", StopReason.LENGTH)


@every_served_model
async def test_sends_the_whole_conversation_in_order(harness: ServedHarness) -> None:
    turns = (*CONVERSATION, Message(Role.ASSISTANT, "Is it so?"), Message(Role.USER, "Not quite."))
    async with harness.serving(harness.wire.whole("yes")) as served:
        await served.model.reply(turns, deadline_seconds=AMPLE, on_text=ignore)
    sent = served.server.requests[0].json()
    said = [(turn["role"], _text(turn["content"])) for turn in sent["messages"] if turn["role"] != "system"]
    assert said == [(turn.role.value, turn.text) for turn in turns[1:]]
    assert "You mend programs." in str(sent)


def _text(content: str | list[dict[str, str]]) -> str:
    """A turn's text, which some send in blocks."""
    return content if isinstance(content, str) else "".join(block["text"] for block in content)


@every_served_model
async def test_cancelling_ends_the_request_at_the_server(harness: ServedHarness) -> None:
    heard = asyncio.Event()
    async with harness.serving(harness.wire.part("Once", then=HUNG)) as served:
        asking = asyncio.create_task(
            served.model.reply(CONVERSATION, deadline_seconds=AMPLE, on_text=lambda _: heard.set())
        )
        await asyncio.wait_for(heard.wait(), AMPLE)
        asking.cancel()
        await asyncio.wait({asking})
        assert asking.cancelled()
        assert await served.server.lost_clients() == 1


@every_served_model
async def test_the_deadline_ends_the_request_at_the_server(harness: ServedHarness) -> None:
    async with harness.serving(HUNG) as served:
        with pytest.raises(ModelUnavailable):
            await ask(served.model, deadline_seconds=0.3)
        assert await served.server.lost_clients() == 1


@every_served_model
async def test_a_listener_that_fails_ends_the_request_with_its_own_error(harness: ServedHarness) -> None:
    def fail(_: str) -> None:
        raise ZeroDivisionError

    async with harness.serving(harness.wire.part("Once", then=HUNG)) as served:
        with pytest.raises(ZeroDivisionError):
            await served.model.reply(CONVERSATION, deadline_seconds=AMPLE, on_text=fail)
        assert await served.server.lost_clients() == 1


@every_served_model
async def test_a_server_that_is_not_there_is_unavailable(harness: ServedHarness) -> None:
    url = unused_url()
    with pytest.raises(ModelUnavailable, match=url):
        await ask_at(harness, url)


@every_served_model
@pytest.mark.parametrize("end", [CLOSED, ABORTED, COMPLETE, HUNG], ids=["closed", "reset", "ended", "stalled"])
async def test_a_server_that_stops_in_mid_answer_is_unavailable(harness: ServedHarness, end: Script) -> None:
    async with harness.serving(harness.wire.part("Once", "upon", then=end)) as served:
        with pytest.raises(ModelUnavailable):
            await ask(served.model)


@every_served_model
async def test_a_server_that_reports_a_failure_in_mid_answer_is_unavailable(harness: ServedHarness) -> None:
    async with harness.serving(harness.wire.died("Once", "upon")) as served:
        with pytest.raises(ModelUnavailable):
            await ask(served.model)


@every_served_model
@pytest.mark.parametrize(
    "script",
    [
        respond(200, b"<html>Log in first</html>", {"Content-Type": "text/html"}),
        respond(200, b"", {"Content-Type": "application/json"}),
        respond(200, b"event: message_start\ndata: {\n\n", {"Content-Type": "text/event-stream"}),
        respond(200, b'{"message": {"content": 7}}\n', {"Content-Type": "application/x-ndjson"}),
        respond(200, b"\xff\xfe\x00", {"Content-Encoding": "gzip"}),
    ],
    ids=["html", "empty", "cut event", "wrong types", "not gzip"],
)
async def test_a_server_that_talks_nonsense_is_unavailable(harness: ServedHarness, script: Script) -> None:
    async with harness.serving(script) as served:
        with pytest.raises(ModelUnavailable):
            await ask(served.model)


_DEEP = b"[" * 100_000


@every_served_model
@pytest.mark.parametrize(
    "script",
    [
        respond(200, b'{"x": ' + _DEEP + b"\n", {"Content-Type": "application/x-ndjson"}),
        respond(200, b'data: {"x": ' + _DEEP + b"\n\n", {"Content-Type": "text/event-stream"}),
        respond(200, b"event: message_start\ndata: " + _DEEP + b"\n\n", {"Content-Type": "text/event-stream"}),
        respond(500, b'{"x": ' + _DEEP, {"Content-Type": "application/json"}),
    ],
    ids=["line", "event", "named event", "error"],
)
async def test_a_server_that_nests_too_deeply_is_unavailable(harness: ServedHarness, script: Script) -> None:
    async with harness.serving(script) as served:
        with pytest.raises(ModelUnavailable):
            await ask(served.model)


@every_served_model
async def test_a_look_that_finds_what_is_nested_too_deeply_does_not_fail(harness: ServedHarness) -> None:
    deep = respond(200, b'{"data": [{"x": ' + _DEEP, {"Content-Type": "application/json"})
    async with harness.serving(deep) as served:
        health = await served.model.check()
        assert health.problems or health.remarks


@every_served_model
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, InvalidInput),
        (400, InvalidInput),
        (401, CredentialsRefused),
        (403, CredentialsRefused),
        (404, NotFound),
        (413, InvalidInput),
        (429, ModelUnavailable),
        (500, ModelUnavailable),
        (503, ModelUnavailable),
        (529, ModelUnavailable),
    ],
)
async def test_a_refusal_is_an_error_of_ours_and_is_not_retried(
    harness: ServedHarness, status: int, kind: type[AgentError]
) -> None:
    async with harness.serving(harness.wire.refusal(status, "no\r\nway")) as served:
        with pytest.raises(AgentError) as caught:
            await ask(served.model)
    assert type(caught.value) is kind
    assert len(str(caught.value).splitlines()) == 1
    assert len(served.server.requests) == 1


@every_served_model
async def test_passes_on_how_long_to_wait(harness: ServedHarness) -> None:
    async with harness.serving(harness.wire.refusal(429, "slow down", {"Retry-After": "7"})) as served:
        with pytest.raises(ModelUnavailable) as caught:
            await ask(served.model)
    assert caught.value.retry_after == timedelta(seconds=7)


@every_served_model
async def test_a_date_to_wait_for_counts_from_the_date_of_the_answer(harness: ServedHarness) -> None:
    dates = {"Date": "Wed, 21 Oct 2026 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT"}
    async with harness.serving(harness.wire.refusal(429, "slow down", dates)) as served:
        with pytest.raises(ModelUnavailable) as caught:
            await ask(served.model)
    assert caught.value.retry_after == timedelta(seconds=30)


@every_served_model
@pytest.mark.parametrize("value", ["soon", "-1", "nan", "9" * 30, "Wed, 21 Oct 2026 07:28:00 GMT"])
async def test_an_odd_time_to_wait_is_none(harness: ServedHarness, value: str) -> None:
    async with harness.serving(harness.wire.refusal(503, "slow down", {"Retry-After": value})) as served:
        with pytest.raises(ModelUnavailable) as caught:
            await ask(served.model)
    assert caught.value.retry_after is None


@every_served_model
async def test_does_not_follow_a_redirect(harness: ServedHarness) -> None:
    async with model_server(harness.wire.whole("caught you")) as elsewhere:
        async with harness.serving(respond(307, b"", {"Location": f"{elsewhere.url}/"})) as served:
            with pytest.raises(InvalidInput, match="not followed"):
                await ask(served.model)
        assert elsewhere.requests == []


@every_served_model
async def test_goes_to_a_server_on_this_machine_past_any_proxy(
    harness: ServedHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, unused_url())
    async with harness.answering("an answer") as model:
        assert (await ask(model)).text == "an answer"


@every_served_model
async def test_goes_to_a_server_elsewhere_through_the_proxy_of_the_environment(
    harness: ServedHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with model_server(harness.wire.whole("by proxy")) as proxy:
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        assert (await ask_at(harness, "http://model.example:1234")).text == "by proxy"
    assert proxy.requests[0].target.startswith("http://model.example:1234/")


@every_served_model
async def test_an_answer_without_end_is_ended_and_the_server_notices(harness: ServedHarness) -> None:
    babble = harness.wire.part(*["again and again " * 2_000] * 50, then=HUNG)
    async with harness.serving(babble) as served:
        with pytest.raises(AnswerUnusable, match="did not stop"):
            await ask(served.model)
        assert await served.server.lost_clients() == 1


@pytest.mark.parametrize("harness", [OllamaHarness(), OpenAiHarness()], ids=str)
async def test_of_an_error_without_end_the_beginning_is_enough(harness: ServedHarness) -> None:
    endless = stream([b"x" * (1 << 20)] * 9, "text/plain", status=500, end=HUNG)
    async with harness.serving(endless) as served:
        with pytest.raises(ModelUnavailable, match="500"):
            await ask(served.model)


@every_served_model
async def test_what_was_refused_has_cost_nothing_and_what_died_on_the_way_nobody_knows_what(
    harness: ServedHarness,
) -> None:
    async with harness.serving(harness.wire.refusal(503, "busy"), harness.wire.part("Once", then=CLOSED)) as served:
        for spend in (Spend(), None):
            with pytest.raises(ModelUnavailable) as caught:
                await ask(served.model)
            assert caught.value.spend == spend


@every_served_model
async def test_an_empty_answer_has_cost_what_the_server_counted(harness: ServedHarness) -> None:
    async with harness.serving(harness.wire.whole(" ")) as served:
        with pytest.raises(AnswerUnusable) as caught:
            await ask(served.model)
    assert caught.value.spend is not None
    assert (caught.value.spend.input_tokens, caught.value.spend.output_tokens) == (11, 7)


@every_served_model
async def test_shows_no_credentials_that_are_in_the_address(
    harness: ServedHarness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with model_server(harness.wire.refusal(401, "who are you")) as server:
        url = server.url.replace("://", "://user:hunter2@")
        with pytest.raises(AgentError) as caught:
            await ask_at(harness, url)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    assert "hunter2" not in caplog.text


@every_served_model
@pytest.mark.parametrize("address", ["127.0.0.1:11434", "ftp://host", "http://", "http://host:port", "http:"])
async def test_refuses_an_address_that_is_none(harness: ServedHarness, address: str) -> None:
    with pytest.raises(InvalidInput, match="http"):
        harness.connected(address)


@every_model
async def test_what_the_server_has_counted_is_known_from_then_on(harness: Harness) -> None:
    async with harness.answering("an answer") as model:
        before = model.estimate(CONVERSATION)
        reply = await ask(model)
        longer = (*CONVERSATION, Message(Role.ASSISTANT, reply.text), Message(Role.USER, "Again."))
        assert before >= model.estimate(CONVERSATION) > 0
        assert model.estimate(longer) > model.estimate(CONVERSATION)


@every_model
async def test_what_it_can_read_is_asked_of_the_server_and_fails_never(harness: Harness) -> None:
    async with harness.answering("an answer") as model:
        fitted = await model.fitted_profile()
        assert fitted == model.profile
        assert fitted.max_answer_tokens < fitted.context_tokens


@every_served_model
async def test_a_look_at_a_model_that_is_there_finds_nothing_wrong(harness: ServedHarness) -> None:
    async with harness.serving(harness.wire.known()) as served:
        health = await served.model.check()
    assert health.usable, health
    assert health.model == served.model.profile.name
    assert health.facts


@every_served_model
async def test_a_look_for_a_server_that_is_not_there_says_so(harness: ServedHarness) -> None:
    url = unused_url()
    model = harness.connected(url)
    health = await model.check()
    await model.close()
    assert (health.reachable, health.usable) == (False, False)
    assert url in health.problems[0]


@every_served_model
@pytest.mark.parametrize("status", [401, 403])
async def test_a_look_where_we_are_not_let_in_says_so(harness: ServedHarness, status: int) -> None:
    async with harness.serving(harness.wire.refusal(status, "who are you")) as served:
        health = await served.model.check()
    assert (health.reachable, health.usable) == (True, False)
    assert str(status) in health.problems[0] or "key" in health.problems[0]


@every_served_model
@pytest.mark.parametrize("script", [ABORTED, respond(200, b"<html>"), respond(200, b"[1]"), respond(500, b"")])
async def test_a_look_at_what_is_no_such_server_ends_without_an_error(harness: ServedHarness, script: Script) -> None:
    async with harness.serving(script) as served:
        health = await served.model.check()
    assert not health.usable
    assert len(health.problems) == len(health.problems[0].splitlines()) == 1
