"""What other servers of the Messages API sent, replayed over a socket in chunks that respect no line."""

from __future__ import annotations

import pytest

from adapters.claude import ClaudeModel
from domain.conversation import Message, Role
from domain.errors import AnswerUnusable
from domain.secret import Secret
from tests.support.model_recordings import cut_into, recording
from tests.support.model_server_claude import CONTENT_TYPE
from tests.support.model_server_double import model_server
from tests.support.model_server_steps import stream


@pytest.mark.parametrize("name", ["ollama_messages_tooluse.sse", "llama_server_messages_tooluse.sse"])
async def test_the_use_of_a_tool_that_was_not_offered_is_no_answer(name: str) -> None:
    async with model_server(stream(cut_into(recording(name), 97), CONTENT_TYPE)) as server:
        model = ClaudeModel(Secret("key"), base_url=server.url)
        with pytest.raises(AnswerUnusable, match="tool_use"):
            await model.reply([Message(Role.USER, "Mend it.")], deadline_seconds=60, on_text=lambda _: None)
        await model.close()
