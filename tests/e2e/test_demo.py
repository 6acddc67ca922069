"""`coding-agent demo`, as somebody sees it who has just installed it."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.support.command_line import CommandLine, ended

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from pathlib import Path

MARK = ".coding-agent-demo"


async def test_plays_the_whole_job_whatever_the_person_has_set_or_stands_in(tmp_path: Path) -> None:
    for name in ("domain", "infra", "tests", "entrypoints", "application", "adapters"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('taken for the agent')\n")
    (tmp_path / "secret").write_text("another secret")
    own = {
        "TRIGGER_LABEL": "robot",
        "DEFAULT_MODE": "plan",
        "WEBHOOK_SECRET_FILE": str(tmp_path / "secret"),
        "LLM": "claude",
        "COLUMNS": "60",
    }
    done = await CommandLine(tmp_path, own).run("demo")
    assert done.code == 0, done.out + done.err
    assert "scripted" in done.out
    told = done.out
    assert "nothing is spent" in " ".join(told.split())
    story = ("tests fail", "webhook delivered", "Pull request #", "@@ ", "+    seconds, position = 0, 0", "tests pass")
    places = [told.find(words) for words in story]
    assert -1 not in places, (places, told)
    assert places == sorted(places)
    panel = [line for line in told.splitlines() if line.startswith(("│", "╭", "╰"))]
    assert panel
    assert all(len(line) <= 60 for line in panel)
    (page,) = (tmp_path / "coding-agent-demo").rglob("pulls/*.md")
    assert "Fixes #1" in page.read_text(encoding="utf-8")


async def test_plays_plan_mode_from_the_first_plan_to_the_answer_to_a_review(tmp_path: Path) -> None:
    own = {"DEFAULT_MODE": "quickfix", "APPROVAL_BY_ANOTHER_PERSON": "true", "COLUMNS": "80"}
    done = await CommandLine(tmp_path, own).run("demo", "--mode", "plan")
    assert done.code == 0, done.out + done.err
    story = (
        "tests fail",
        "pull request #2: draft",
        "Plan 1, digest",
        "grace edits the plan's comment",
        "The plan was changed after",
        "Plan 2, digest",
        "approved by demo",
        "Draft #2 is ready for review",
        "grace requests changes at durations/parsing.py:26",
        "it now quotes the part that cannot be read",
        "Pull request #2: Read every part of a duration",
        "all 9 tests pass",
    )
    places = [done.out.find(words) for words in story]
    assert -1 not in places, (places, done.out)
    assert places == sorted(places)
    (page,) = (tmp_path / "coding-agent-demo").rglob("pulls/*.md")
    assert "draft = true" not in page.read_text(encoding="utf-8")
    (issue,) = (tmp_path / "coding-agent-demo").rglob("issues/*.md")
    (labels,) = [line for line in issue.read_text(encoding="utf-8").splitlines() if line.startswith("labels = ")]
    assert labels == 'labels = ["ai-help", "plan"]'


async def test_an_interrupted_demo_leaves_no_process_and_is_replaced_by_the_next(tmp_path: Path) -> None:
    user = CommandLine(tmp_path)
    process = await user.start("demo", "--dir", "shown")
    children = await started_children(process)
    for _ in range(2):
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            await asyncio.sleep(0.1)
    done = await ended(process)
    assert done.code == 130
    assert "Traceback" not in done.err
    _, alive = psutil.wait_procs(children, timeout=0)
    assert alive == []
    (tmp_path / "shown" / "leftover").touch()
    code, shown = await user.on_terminal("demo", "--dir", "shown", columns=80)
    assert code == 0, shown
    assert "\x1b[32m" in shown  # green
    assert not (tmp_path / "shown" / "leftover").exists()


async def started_children(process: Process) -> list[psutil.Process]:
    """The demo's gateway and worker."""
    parent = psutil.Process(process.pid)
    async with asyncio.timeout(60):
        while len(children := [c for c in parent.children() if c.cmdline()[-1:] in (["gateway"], ["worker"])]) < 2:  # noqa: ASYNC110 - another process starts them
            await asyncio.sleep(0.05)
    return children


@pytest.mark.parametrize("folder", ["mine", "file"])
async def test_refuses_what_no_demo_made(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    done = await CommandLine(tmp_path).run("demo", "--dir", folder)
    assert done.code == 2
    assert "--dir" in done.err
    assert "Traceback" not in done.err
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years"
    assert (tmp_path / "file").read_text() == "mine"
    assert not (tmp_path / "mine" / MARK).exists()
