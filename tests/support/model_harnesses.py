"""How the contract suite of `LanguageModel` stages each of its adapters."""

from __future__ import annotations

import socket
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from adapters.claude import ClaudeModel
from adapters.ollama import OllamaModel
from adapters.openai_compatible import OpenAiCompatibleModel
from adapters.scripted import ScriptedModel
from domain.secret import Secret
from tests.fakes.model import FakeModel
from tests.support import model_server_claude, model_server_ollama, model_server_openai
from tests.support.model_server_double import model_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from application.ports.language_model import LanguageModel
    from tests.support.model_server_double import ModelServer
    from tests.support.model_server_steps import Script

KEY = "sk-ant-planted-key"


class Harness(Protocol):
    """An adapter that can be made to answer."""

    def answering(self, *pieces: str, pause: float = 0.0) -> AbstractAsyncContextManager[LanguageModel]:
        """A model that writes these pieces, with a pause in seconds before each."""


class Wire(Protocol):
    """What a server says, in the form that its adapter reads."""

    def whole(self, *pieces: str, stop: str = "end", pause: float = 0.0, written: int = 7) -> Script:
        """A complete answer; `stop` is `end`, `length`, or a server's own word; `written` is what it counts."""

    def part(self, *pieces: str, then: Script) -> Script:
        """The beginning of one, and then these steps."""

    def died(self, *pieces: str) -> Script:
        """The beginning of one, and then the server's own word that it failed."""

    def known(self) -> Script:
        """What is answered to a look at a model that is there."""

    def refusal(self, status: int, words: str, headers: Mapping[str, str] | None = None) -> Script:
        """No answer, but a status."""


@dataclass(frozen=True, slots=True)
class Served:
    model: LanguageModel
    server: ModelServer


class ServedHarness(Harness, Protocol):
    """An adapter of a server over HTTP."""

    wire: Wire

    def connected(self, url: str) -> LanguageModel:
        """A model behind the server at this address, which stalls after a second's silence."""

    def serving(self, *scripts: Script) -> AbstractAsyncContextManager[Served]:
        """A model behind a server that says these."""


class OllamaHarness(ServedHarness):
    wire: Wire = model_server_ollama

    def connected(self, url: str) -> LanguageModel:
        return OllamaModel(url, "double:1b", first_byte_seconds=30, stall_seconds=1)

    @asynccontextmanager
    async def serving(self, *scripts: Script) -> AsyncIterator[Served]:
        async with _served(self, scripts) as served:
            yield served

    @asynccontextmanager
    async def answering(self, *pieces: str, pause: float = 0.0) -> AsyncIterator[LanguageModel]:
        async with _served(self, (self.wire.whole(*pieces, pause=pause),)) as served:
            yield served.model

    def __str__(self) -> str:
        return "ollama"


class ClaudeHarness(ServedHarness):
    wire: Wire = model_server_claude

    def connected(self, url: str) -> LanguageModel:
        return ClaudeModel(Secret(KEY), "claude-double", base_url=url, stall_seconds=1)

    @asynccontextmanager
    async def serving(self, *scripts: Script) -> AsyncIterator[Served]:
        async with _served(self, scripts) as served:
            yield served

    @asynccontextmanager
    async def answering(self, *pieces: str, pause: float = 0.0) -> AsyncIterator[LanguageModel]:
        async with _served(self, (self.wire.whole(*pieces, pause=pause),)) as served:
            yield served.model

    def __str__(self) -> str:
        return "claude"


class OpenAiHarness(ServedHarness):
    wire: Wire = model_server_openai

    def connected(self, url: str) -> LanguageModel:
        return OpenAiCompatibleModel(f"{url}/v1", "double:1b", first_byte_seconds=30, stall_seconds=1)

    @asynccontextmanager
    async def serving(self, *scripts: Script) -> AsyncIterator[Served]:
        async with _served(self, scripts) as served:
            yield served

    @asynccontextmanager
    async def answering(self, *pieces: str, pause: float = 0.0) -> AsyncIterator[LanguageModel]:
        async with _served(self, (self.wire.whole(*pieces, pause=pause),)) as served:
            yield served.model

    def __str__(self) -> str:
        return "openai"


class ScriptedHarness(Harness):
    @asynccontextmanager
    async def answering(self, *pieces: str, pause: float = 0.0) -> AsyncIterator[LanguageModel]:
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "answer.md"
            script.write_text("".join(pieces), encoding="utf-8")
            yield ScriptedModel(script, pause_seconds=pause, piece_characters=max(map(len, pieces), default=1) or 1)

    def __str__(self) -> str:
        return "scripted"


class FakeHarness(Harness):
    @asynccontextmanager
    async def answering(self, *pieces: str, pause: float = 0.0) -> AsyncIterator[LanguageModel]:
        yield FakeModel(*["".join(pieces)] * 3, pause_seconds=pause)

    def __str__(self) -> str:
        return "fake"


def unused_url() -> str:
    """An address at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@asynccontextmanager
async def _served(harness: ServedHarness, scripts: tuple[Script, ...]) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(model_server(*scripts))
        model = harness.connected(server.url)
        stack.push_async_callback(model.close)
        yield Served(model, server)
