"""`coding-agent solve` that is ended from outside, in the middle of what takes long."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_solve import FIX, NAMED, shell
from tests.support import model_server_ollama
from tests.support.command_line import CommandLine, ended
from tests.support.git_http import Fault, git_http_server
from tests.support.git_repositories import bare_copy, sample_repository
from tests.support.model_server_double import model_server
from tests.support.model_server_steps import HUNG

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.command_line import Ended

SECONDS = 60.0


async def interrupted(process: Process, asked: Callable[[], object], *numbers: int) -> Ended:
    """Send the signals once the server has been asked, and see how it ends."""
    async with asyncio.timeout(SECONDS):
        while not asked():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.05)
    for number in numbers:
        process.send_signal(number)
        await asyncio.sleep(0.3)
        if process.returncode is not None:
            break
    return await ended(process)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_in_the_middle_of_an_answer_nothing_is_left_and_the_model_is_let_go(tmp_path: Path, number: int) -> None:
    project = sample_repository(tmp_path / "project")
    async with model_server(model_server_ollama.part(FIX[:40], then=HUNG), looks=model_server_ollama.known()) as server:
        user = CommandLine(tmp_path, {"OLLAMA_URL": server.url})
        process = await user.start("solve", "--repo", "project", "--text", NAMED, "--model", "ollama")
        done = await interrupted(process, lambda: server.requests, number)
        assert await server.lost_clients() == 1
    assert (done.code, done.out) == (130, "")
    assert "\nInterrupted; nothing was left behind.\nabout " in done.err  # and what the prompt may have cost
    assert user.left_behind() == []
    assert project.git("branch", "--list", "coding-agent/*") == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_in_the_middle_of_a_clone_a_second_signal_does_no_harm(tmp_path: Path, number: int) -> None:
    with git_http_server(tmp_path) as server:
        server.inject(Fault("/", delay=SECONDS))
        user = shell(tmp_path / "shell")
        process = await user.start("solve", "--repo", f"{server.url}/x.git", "--text", "x", "--json")
        done = await interrupted(process, lambda: server.requests, number, number, signal.SIGTERM)
    assert done.json()["outcome"] == "interrupted"
    assert done.code == 130
    assert user.left_behind() == []


async def test_in_the_middle_of_a_push_says_which_branch_may_be_there(tmp_path: Path) -> None:
    bare_copy(sample_repository(tmp_path / "project"), tmp_path / "served" / "project.git")
    with git_http_server(tmp_path / "served") as server:
        server.inject(Fault("git-receive-pack", delay=SECONDS))
        user = shell(tmp_path / "shell")
        process = await user.start("solve", "--repo", f"{server.url}/project.git", "--text", NAMED)
        pushing = "git-receive-pack"
        done = await interrupted(process, lambda: [r for r in server.requests if pushing in r.target], signal.SIGINT)
    assert done.code == 130
    assert "Interrupted while coding-agent/solve-" in done.err
    assert user.left_behind() == []
