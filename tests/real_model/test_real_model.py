"""The adapters of Claude's and OpenAI's protocols with a real server that speaks both."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from adapters.claude import ClaudeModel
from adapters.openai_compatible import OpenAiCompatibleModel
from application import model_session, token_estimate
from application.deadline import Deadline
from application.model_session import ModelSession
from domain.conversation import FREE, Message, Role, Spend, StopReason
from domain.errors import AgentError, AnswerUnusable, InvalidInput, ModelUnavailable
from domain.events import ModelAsked, ModelReplied
from domain.policy import Policy
from domain.secret import Secret
from tests.fakes.clock import FakeClock
from tests.fakes.task_events import Recorder
from tests.real_model.llama_server import CONTEXT_TOKENS, NAME, llama_server, starting_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from application.ports.language_model import LanguageModel
    from domain.conversation import Reply
    from tests.real_model.llama_server import LlamaServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG = (
    Message(Role.SYSTEM, "You tell stories."),
    Message(Role.USER, "Tell me a very long story about a dog, a cat and a sailor, in many chapters."),
)
SHORT = (Message(Role.SYSTEM, "You are brief."), Message(Role.USER, "What is the capital of France?"))
AMPLE = 300.0


def claude(url: str, max_answer_tokens: int) -> LanguageModel:
    return ClaudeModel(
        Secret("any"), NAME, base_url=url, price=FREE, context_tokens=CONTEXT_TOKENS,
        max_answer_tokens=max_answer_tokens, stall_seconds=AMPLE,
    )  # fmt: skip


def openai(url: str, max_answer_tokens: int) -> LanguageModel:
    return OpenAiCompatibleModel(
        f"{url}/v1", NAME, price=FREE, context_tokens=100_000, max_answer_tokens=max_answer_tokens,
        first_byte_seconds=AMPLE, stall_seconds=AMPLE,
    )  # fmt: skip


through_each = pytest.mark.parametrize("connect", [claude, openai], ids=["claude", "openai"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LlamaServer]:
    async with llama_server(tmp_path_factory.mktemp("server") / "log") as running:
        yield running


async def ask(
    connect: Callable[[str, int], LanguageModel],
    url: str,
    *messages: Message,
    limit: int = 64,
    on_text: Callable[[str], None] = lambda _: None,
) -> Reply:
    model = connect(url, limit)
    try:
        return await model.reply(messages or SHORT, deadline_seconds=AMPLE, on_text=on_text)
    finally:
        await model.close()


@through_each
async def test_streams_an_answer(server: LlamaServer, connect: Callable[[str, int], LanguageModel]) -> None:
    heard: list[str] = []
    reply = await ask(connect, server.url, on_text=heard.append)
    assert len(heard) > 1
    assert "".join(heard) == reply.text
    assert reply.model == NAME


@through_each
async def test_an_answer_at_its_limit_was_cut(
    server: LlamaServer, connect: Callable[[str, int], LanguageModel]
) -> None:
    reply = await ask(connect, server.url, *LONG, limit=12)
    assert (reply.stop, reply.spend.output_tokens) == (StopReason.LENGTH, 12)


async def test_both_protocols_count_the_same_prompt_alike(server: LlamaServer) -> None:
    spends = [(await ask(connect, server.url)).spend for connect in (claude, openai, claude, openai)]
    assert len({spend.input_tokens for spend in spends}) == 1, "cached or not"
    assert not any(spend.estimated for spend in spends)
    assert all(0 < spend.output_tokens <= 64 for spend in spends)


@through_each
@pytest.mark.parametrize("module", [token_estimate, model_session])
async def test_the_estimate_of_source_code_is_above_the_count_and_then_corrected_by_it(
    server: LlamaServer, connect: Callable[[str, int], LanguageModel], module: object
) -> None:
    source = inspect.getsource(module)[:5_000]  # type: ignore[arg-type]
    model = connect(server.url, 4)
    asked = (Message(Role.USER, source),)
    guess = model.estimate(asked)
    counted = (await model.reply(asked, deadline_seconds=AMPLE, on_text=lambda _: None)).spend.input_tokens
    assert counted <= guess <= 2 * counted
    assert model.estimate(asked) == counted
    await model.close()


@through_each
async def test_the_server_notices_that_an_answer_is_wanted_no_longer(
    server: LlamaServer, connect: Callable[[str, int], LanguageModel]
) -> None:
    heard = asyncio.Event()
    asking = asyncio.create_task(ask(connect, server.url, *LONG, limit=2_000, on_text=lambda _: heard.set()))
    await asyncio.wait_for(heard.wait(), AMPLE)
    asking.cancel()
    await asyncio.wait({asking})
    assert asking.cancelled()
    slot = await server.idle()
    assert slot["next_token"][0]["n_remain"] > 0, "it was stopped before its limit"


@through_each
async def test_a_server_that_is_killed_in_mid_answer_is_unavailable(
    tmp_path: Path, connect: Callable[[str, int], LanguageModel]
) -> None:
    async with llama_server(tmp_path / "log") as server:
        heard = asyncio.Event()
        asking = asyncio.create_task(ask(connect, server.url, *LONG, limit=2_000, on_text=lambda _: heard.set()))
        await asyncio.wait_for(heard.wait(), AMPLE)
        await server.kill()
        with pytest.raises(ModelUnavailable):
            await asking
        with pytest.raises(ModelUnavailable, match=r"reach|answer"):
            await ask(connect, server.url)


@through_each
async def test_a_server_that_is_still_loading_is_unavailable_for_now(
    tmp_path: Path, connect: Callable[[str, int], LanguageModel]
) -> None:
    async with starting_server(tmp_path / "log") as server:
        failures: list[AgentError] = []
        while not await answered(connect, server.url, failures):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)
    assert {type(failure) for failure in failures} <= {ModelUnavailable}
    assert all(getattr(failure, "spend", None) == Spend() for failure in failures)


async def answered(connect: Callable[[str, int], LanguageModel], url: str, failures: list[AgentError]) -> bool:
    """Whether the server answers by now; why not is added to `failures`."""
    try:
        await ask(connect, url, limit=4)
    except AgentError as error:
        failures.append(error)
        return len(failures) > 4_000
    return True


@through_each
async def test_a_prompt_that_is_too_long_is_refused_and_not_shortened(
    server: LlamaServer, connect: Callable[[str, int], LanguageModel]
) -> None:
    with pytest.raises(InvalidInput, match="context"):
        await ask(connect, server.url, Message(Role.USER, "one two three four " * 1_500))


async def test_a_look_knows_the_model_and_how_much_it_can_read(server: LlamaServer) -> None:
    model = openai(server.url, 64)
    health = await model.check()
    assert health.usable
    assert (health.context_tokens, (await model.fitted_profile()).context_tokens) == (CONTEXT_TOKENS, CONTEXT_TOKENS)
    await model.close()
    other = claude(server.url, 64)
    assert (await other.check()).usable
    await other.close()


@through_each
async def test_an_answer_that_was_cut_is_continued_once(
    server: LlamaServer, connect: Callable[[str, int], LanguageModel]
) -> None:
    """The real server takes the conversation that asks for the rest; whether the rest is any good is the model's."""
    model, events = connect(server.url, 16), Recorder()
    session = ModelSession(model, Policy(), events, Deadline(FakeClock(), AMPLE), system=LONG[0].text, spent=Spend())
    with contextlib.suppress(AnswerUnusable):  # where the rest was cut off too
        await session.ask(LONG[1].text)
    asked, replied = events.of(ModelAsked), events.of(ModelReplied)
    assert (len(asked), len(replied)) == (2, 2)
    assert 16 < session.spent.output_tokens <= 32
    await model.close()
