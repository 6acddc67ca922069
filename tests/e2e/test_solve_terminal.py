"""`coding-agent solve` for the eyes: on a terminal, and against text that would rather talk to the terminal itself."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_solve import FIX, NAMED, shell
from tests.support.git_repositories import sample_repository

if TYPE_CHECKING:
    from pathlib import Path

RETITLE = "\x1b]0;owned\x07"
HOSTILE_PATH = f"src/{RETITLE}[/b] :smile:.py"
RICHS_OWN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""Colours, cursor and line clearing: the sequences that rich writes itself."""


def without_colours(shown: str) -> str:
    return RICHS_OWN.sub("", shown)


async def test_on_a_terminal_progress_moves_and_the_diff_has_colours(tmp_path: Path) -> None:
    sample_repository(tmp_path / "project")
    code, shown = await shell(tmp_path).on_terminal("solve", "--repo", "project", "--text", NAMED)
    assert code == 0
    assert "\x1b[?25l" in shown  # the cursor is hidden while a line moves
    assert shown.rstrip().count("\x1b[?25l") == shown.count("\x1b[?25h")
    added = next(line for line in shown.splitlines() if "return a + b" in line)
    assert RICHS_OWN.search(added)
    assert "+    return a + b" in without_colours(added)


async def test_into_a_pipe_the_diff_is_plain_though_progress_is_on_a_terminal(tmp_path: Path) -> None:
    sample_repository(tmp_path / "project")
    with (tmp_path / "out").open("wb") as out:
        command = ("solve", "--repo", "project", "--text", NAMED, "--dry-run")
        code, shown = await shell(tmp_path).on_terminal(*command, out=out.fileno())
    assert code == 0
    assert (tmp_path / "out").read_text(encoding="utf-8").startswith("diff --git ")
    assert "\x1b[?25l" in shown
    assert "diff --git" not in shown


@pytest.mark.parametrize("terminal", [True, False])
async def test_no_text_of_others_reaches_the_terminal_as_a_command(tmp_path: Path, terminal: bool) -> None:  # noqa: FBT001
    project = sample_repository(tmp_path / "[/red]project")
    project.write(HOSTILE_PATH, "def add():\n    return 'hostile add numbers subtracts'\n")
    project.commit("Owned")
    answer = FIX.replace("Add the numbers", f"Add {RETITLE} [/red] :smile:").replace("It took", f"It {RETITLE} took")
    answer = answer.replace("# Größe", f"# {RETITLE}")
    user = shell(tmp_path, answer)
    command = ("solve", "--repo", "[/red]project", "--text", f"{RETITLE} add subtracts numbers")
    shown = (await user.on_terminal(*command))[1] if terminal else (await user.run(*command)).err
    plain = without_colours(shown)
    assert "\x1b" not in plain
    assert "\x07" not in plain
    assert r"\x1b]0;owned\x07" in plain
    assert "[/red]project" in plain
    assert ":smile:" in plain


async def test_a_plan_and_a_reason_are_printed_without_what_a_terminal_obeys(tmp_path: Path) -> None:
    sample_repository(tmp_path / "project")
    user = shell(tmp_path, f"Look {RETITLE}\n<files>\n- `src/app.py`\n</files>\n")
    plan = await user.run("solve", "--repo", "project", "--text", NAMED, "--mode", "plan")
    assert plan.out == "Look \\x1b]0;owned\\x07\n- `src/app.py`\n"
    nothing = await shell(tmp_path, f"<nothing>Fine {RETITLE}</nothing>").run(
        "solve", "--repo", "project", "--text", NAMED
    )
    assert "Fine" in nothing.err
    assert "\x1b" not in nothing.err


async def test_json_is_exact_and_has_no_byte_that_a_terminal_obeys(tmp_path: Path) -> None:
    sample_repository(tmp_path / "project")
    user = shell(tmp_path, FIX.replace("It took", f"It {RETITLE}\x9b took"))
    done = await user.run("solve", "--repo", "project", "--text", NAMED, "--json")
    assert RETITLE in done.json()["summary"]
    assert done.out.rstrip("\n").isprintable()
    assert os.linesep not in done.out[:-1]
