"""What a real Ollama sent, replayed over a socket in chunks that respect no line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from adapters.ollama import OllamaModel
from domain.conversation import Message, Role, Spend, StopReason
from domain.errors import ModelUnavailable
from tests.support.model_recordings import cut_into, recording
from tests.support.model_server_double import model_server
from tests.support.model_server_ollama import CONTENT_TYPE
from tests.support.model_server_steps import stream

if TYPE_CHECKING:
    from domain.conversation import Reply


async def replay(name: str) -> Reply:
    chunks = cut_into(recording(name), 97)
    async with model_server(stream(chunks, CONTENT_TYPE)) as server:
        model = OllamaModel(server.url, "smollm2:135m")
        try:
            asked = [Message(Role.USER, "Mend it.")]
            return await model.reply(asked, deadline_seconds=60, on_text=lambda _: None)
        finally:
            await model.close()


async def test_a_complete_answer_ends() -> None:
    reply = await replay("schema_ok.ndjson")
    assert (reply.stop, reply.spend, reply.model) == (StopReason.END, Spend(10, 72, 0.0), "smollm2:135m")
    assert json.loads(reply.text).keys()


async def test_an_answer_at_its_limit_was_cut() -> None:
    reply = await replay("length_cut.ndjson")
    assert (reply.stop, reply.spend) == (StopReason.LENGTH, Spend(299, 10, 0.0))
    assert reply.text == '{"path": "stats.py", "search'


@pytest.mark.parametrize("name", ["repeat_abort.ndjson", "runner_killed.ndjson"])
async def test_an_answer_that_breaks_off_is_none(name: str) -> None:
    with pytest.raises(ModelUnavailable, match="in mid-answer"):
        await replay(name)
