"""`coding-agent solve` that is asked for what it cannot do, or has nothing to ask with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.e2e.test_solve import FIX, NAMED, shell
from tests.support.command_line import CommandLine
from tests.support.git_repositories import sample_repository

if TYPE_CHECKING:
    from pathlib import Path


async def test_without_a_model_says_how_to_choose_one_and_asks_none(tmp_path: Path) -> None:
    sample_repository(tmp_path / "project")
    user = CommandLine(tmp_path, {"ANTHROPIC_API_KEY": "sk-ant-planted"})
    done = await user.run("solve", "--repo", "project", "--text", "x")
    assert (done.code, done.out) == (2, "")
    assert all(f"--model {name}" in done.err for name in ("ollama", "claude", "scripted"))
    assert "costs money" in done.err


async def test_reads_the_issue_from_standard_input_and_takes_its_first_line_for_the_title(tmp_path: Path) -> None:
    project = sample_repository(tmp_path / "project")
    user = shell(tmp_path, FIX.replace("<title>Add the numbers</title>\n", ""))
    done = await user.run(
        "solve", "--repo", "project", "--issue", "-", "--json", stdin=f"\ufeff# It subtracts\r\n{NAMED}".encode()
    )
    branch = done.json()["branch"]
    assert project.git("log", "-1", "--format=%s", branch) == "It subtracts"


async def test_a_wrong_setting_is_named_with_what_would_be_right(tmp_path: Path) -> None:
    sample_repository(tmp_path / "project")
    user = CommandLine(tmp_path, {"LLM": "gpt"})
    said = (await user.run("solve", "--repo", "project", "--text", "x", "--json")).json()
    assert said["exit_code"] == 2
    assert said["reason"].startswith("LLM: ")
    assert "ollama" in said["reason"]


async def test_a_reader_who_leaves_early_is_no_error(tmp_path: Path) -> None:
    sample_repository(tmp_path / "project")
    read, write = os.pipe()
    os.close(read)
    process = await shell(tmp_path).start("solve", "--repo", "project", "--text", NAMED, "--dry-run", out=write)
    os.close(write)
    _, err = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in err


async def test_an_issue_without_end_or_without_anything_is_refused(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    endless = await line.run("solve", "--repo", ".", "--model", "scripted", "--issue", "/dev/zero")
    nothing = await line.run("solve", "--repo", ".", "--model", "scripted", "--issue", "/dev/null")
    assert (endless.code, nothing.code) == (2, 2)
    assert "longer than" in endless.err
    assert "empty" in nothing.err
