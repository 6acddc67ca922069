"""A parser that crashes, hangs, or answers nonsense costs the file that it was given, and nothing else."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

import psutil
import pytest
from msgspec.msgpack import Decoder

from adapters.tree_sitter.processes import Limits, Loss, ParsingProcesses
from domain.errors import ParserUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HOSTILE = "tests.support.hostile_parsers"
TEXT = Decoder(str)


@asynccontextmanager
async def hostile(*, limits: Limits | None = None, size: int = 1) -> AsyncIterator[ParsingProcesses]:
    async with aclosing(ParsingProcesses(size=size, limits=limits or Limits(), module=HOSTILE)) as processes:
        yield processes


async def behaviour(processes: ParsingProcesses, *contents: str, file_seconds: float = 60) -> list[str | Loss]:
    files = [(f"{place}.py", content.encode()) for place, content in enumerate(contents)]
    return await processes.run("behave", files, TEXT, file_seconds=file_seconds)


@pytest.mark.parametrize(
    ("deed", "loss"),
    [
        ("segfault", Loss.CRASHED),
        ("kill", Loss.CRASHED),
        ("exit", Loss.CRASHED),
        ("hog", Loss.FAILED),
        ("fail", Loss.FAILED),
        ("garble", Loss.FAILED),
        ("boast", Loss.FAILED),
        ("other type", Loss.FAILED),
    ],
)
async def test_the_file_is_lost_and_those_around_it_are_not(deed: str, loss: Loss) -> None:
    async with hostile() as processes:
        assert await behaviour(processes, "", deed, "") == ["0.py", loss, "2.py"]


async def test_a_parser_without_end_is_stopped() -> None:
    async with hostile() as processes:
        assert await behaviour(processes, "", "spin", "", file_seconds=5) == ["0.py", Loss.TOO_SLOW, "2.py"]


async def test_files_are_lost_once_the_call_has_had_its_time() -> None:
    async with hostile(limits=Limits(call_seconds=3)) as processes:
        assert await behaviour(processes, *["spin"] * 50) == [Loss.TOO_SLOW] * 50


async def test_what_a_parser_prints_is_no_answer() -> None:
    async with hostile() as processes:
        (printed,) = await processes.run("behave", [("a", b"print")], Decoder(int), file_seconds=60)
        assert printed == 13
        assert await behaviour(processes, "") == ["0.py"]


async def test_nothing_of_the_outside_is_within_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    async with hostile() as processes:
        (found,) = await processes.run("behave", [("a", b"confinement")], Decoder(list[str]), file_seconds=60)
        assert found == []


async def pid(processes: ParsingProcesses) -> int:
    (answer,) = await processes.run("behave", [("a", b"pid")], Decoder(int), file_seconds=60)
    assert isinstance(answer, int)
    return answer


async def test_a_process_serves_one_call_after_another_while_it_is_young() -> None:
    async with hostile() as processes:
        assert await pid(processes) == await pid(processes) != os.getpid()
    async with hostile(limits=Limits(life_seconds=0)) as processes:
        assert await pid(processes) != await pid(processes)


async def test_closing_leaves_no_process() -> None:
    async with hostile() as processes:
        child = psutil.Process(await pid(processes))
    assert not child.is_running()


async def test_cancelling_a_call_ends_its_process() -> None:
    async with hostile() as processes:
        child = psutil.Process(await pid(processes))
        call = asyncio.create_task(behaviour(processes, "spin"))
        await asyncio.sleep(0.5)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert not child.is_running()
        assert await behaviour(processes, "") == ["0.py"]


async def test_calls_beyond_the_number_of_processes_wait_for_their_turn() -> None:
    async with hostile(size=2) as processes:
        answers = await asyncio.gather(*(behaviour(processes, "", "") for _ in range(9)))
        assert answers == [["0.py", "1.py"]] * 9


async def test_a_path_that_is_no_text_comes_back_as_it_went() -> None:
    async with hostile() as processes:
        path = "a\udcff\n.py"
        (answer,) = await processes.run("behave", [(path, b"confinement")], Decoder(list[str]), file_seconds=60)
        assert answer == []


async def test_many_large_files_do_not_block_the_pipes() -> None:
    async with hostile() as processes:
        assert await behaviour(processes, *["x" * 500_000] * 40) == [f"{place}.py" for place in range(40)]


async def test_no_process_at_all_is_an_error_and_no_loss() -> None:
    async with aclosing(ParsingProcesses(module="no.such.module")) as processes:
        with pytest.raises(ParserUnavailable):
            await behaviour(processes, "")


def test_the_agents_own_process_never_loads_a_parser() -> None:
    code = (
        "import sys, adapters.tree_sitter.checker, adapters.tree_sitter.structure; print('tree_sitter' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
