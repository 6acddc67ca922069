"""`coding-agent solve` with Ollama and with Claude, each a server on loopback that says what the real one would."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_solve import FIX, NAMED
from tests.support import model_server_claude, model_server_ollama, model_server_openai
from tests.support.command_line import CommandLine
from tests.support.git_repositories import sample_repository
from tests.support.model_server_double import model_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.model_server_double import ModelServer

KEY = "sk-ant-planted-key"
WIRES = {"ollama": model_server_ollama, "claude": model_server_claude, "openai": model_server_openai}
SOLVE = ("solve", "--repo", "project", "--text", NAMED)


@pytest.fixture(params=list(WIRES))
def model(request: pytest.FixtureRequest) -> str:
    """Each of the models that are servers."""
    return str(request.param)


def user(folder: Path, server: ModelServer, **settings: str) -> CommandLine:
    """Somebody whose models are all at this server."""
    own = {
        "OLLAMA_URL": server.url,
        "OLLAMA_MODEL": "double:1b",
        "ANTHROPIC_BASE_URL": server.url,
        "ANTHROPIC_API_KEY": KEY,
        "OPENAI_BASE_URL": f"{server.url}/v1",
        "OPENAI_API_KEY": KEY,
        "OPENAI_MODEL": "double:1b",
    }
    return CommandLine(folder, {**own, **settings})


async def test_a_model_that_was_busy_for_a_moment_is_asked_again_and_its_answer_becomes_a_branch(
    tmp_path: Path, model: str
) -> None:
    project = sample_repository(tmp_path / "project")
    busy = WIRES[model].refusal(429, "slow down", {"retry-after": "0"})
    answer = WIRES[model].whole(*FIX.splitlines(keepends=True))
    async with model_server(busy, answer, looks=WIRES[model].known()) as server:
        said = (await user(tmp_path, server).run(*SOLVE, "--model", model, "--json")).json()
        assert len(server.requests) == 2
    assert (said["exit_code"], said["outcome"]) == (0, "done"), said
    assert project.show(said["branch"], "src/app.py") == b"def add(a, b):\n    return a + b\n"
    assert (said["input_tokens"], said["output_tokens"]) == (11, 7)
    assert (said["cost_usd"] is None, said["cost_usd"] == 0) == (model == "openai", model == "ollama")


async def test_a_model_that_fails_for_good_ends_with_3_and_one_that_does_not_know_us_with_4(
    tmp_path: Path, model: str
) -> None:
    sample_repository(tmp_path / "project")
    wire = WIRES[model]
    async with (
        model_server(wire.refusal(500, "broken"), looks=wire.known()) as broken,
        model_server(wire.refusal(401, f"{KEY}?"), looks=wire.known()) as strict,
    ):
        failed, refused = await asyncio.gather(
            user(tmp_path, broken).run(*SOLVE, "--model", model), user(tmp_path, strict).run(*SOLVE, "--model", model)
        )
        assert (failed.code, len(broken.requests)) == (3, 3)
        assert (refused.code, len(strict.requests)) == (4, 1)
    assert "broken" in failed.err
    assert "asking again in" in failed.err
    assert KEY not in refused.err or model == "ollama"
    assert "Traceback" not in failed.err + refused.err


async def test_what_failed_says_what_it_cost_and_how_long_the_server_asks_to_be_left_alone(
    tmp_path: Path, model: str
) -> None:
    sample_repository(tmp_path / "project")
    wire = WIRES[model]
    cut, busy = wire.whole("<title>x", stop="length"), wire.refusal(429, "slow down", {"retry-after": "86400"})
    async with model_server(cut, busy, looks=wire.known()) as server:
        said = (await user(tmp_path, server).run(*SOLVE, "--model", model, "--json")).json()
    assert (said["exit_code"], said["input_tokens"], said["output_tokens"]) == (3, 11, 7), said
    assert "86,400 s" in said["cure"]


async def test_a_model_that_is_not_pulled_says_how_to_get_it(tmp_path: Path) -> None:
    sample_repository(tmp_path / "project")
    async with model_server(model_server_ollama.refusal(404, "model 'double:1b' not found")) as server:
        done = await user(tmp_path, server).run(*SOLVE, "--model", "ollama")
    assert done.code == 2
    assert "ollama pull double:1b" in done.err


async def test_a_task_that_would_cost_too_much_ends_with_4_before_anything_is_asked(tmp_path: Path) -> None:
    sample_repository(tmp_path / "project")
    async with model_server(model_server_claude.whole(FIX)) as server:
        person = user(tmp_path, server, MAX_COST_USD="0.001")
        said = (await person.run(*SOLVE, "--model", "claude", "--json")).json()
        assert server.requests == []
    assert (said["exit_code"], said["error"]) == (4, "BudgetExceeded")
    assert "MAX_COST_USD" in said["cure"]


async def test_claude_without_a_key_ends_with_2_and_names_the_setting(tmp_path: Path) -> None:
    sample_repository(tmp_path / "project")
    done = await CommandLine(tmp_path).run(*SOLVE, "--model", "claude")
    assert done.code == 2
    assert "ANTHROPIC_API_KEY" in done.err
