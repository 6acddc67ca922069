"""The local forge among several processes, some of which are killed."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from domain.issue import Reaction
from tests.contract.forge_scene import LocalScene
from tests.integration.local_forge_processes import DRAFT, MARKER, whole_body

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.issue import IssueKey

PROJECT = Path(__file__).parents[2]
WHOLE = {whole_body(number) for number in range(26)}
PATIENCE_S = 60


class Process:
    """Another process, spoken to line by line."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child

    def say(self, line: str) -> None:
        assert self._child.stdin
        self._child.stdin.write(f"{line}\n".encode())

    async def hear(self) -> str:
        assert self._child.stdout
        line = await asyncio.wait_for(self._child.stdout.readline(), PATIENCE_S)
        return line.decode().strip()


@asynccontextmanager
async def process(action: str, root: Path) -> AsyncIterator[Process]:
    """A process of `local_forge_processes` that is ready to act; it is ended on leaving."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.integration.local_forge_processes", action, str(root)),
        cwd=PROJECT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        started = Process(child)
        assert await started.hear() == "ready"
        yield started
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


@pytest.fixture
def scene(tmp_path: Path) -> LocalScene:
    return LocalScene(tmp_path)


@pytest.fixture
def issue(scene: LocalScene) -> IssueKey:
    shop = scene.create_repository("acme/shop")
    scene.create_branch(shop, "fix")
    return scene.create_issue(shop, author="sam", title="Wrong total", body=whole_body(0))


async def test_processes_that_do_the_same_leave_one_of_everything(scene: LocalScene, issue: IssueKey) -> None:
    async with AsyncExitStack() as stack:
        racers = [await stack.enter_async_context(process("race", scene.root)) for _ in range(4)]
        for racer in racers:
            racer.say("go")
        results = {await racer.hear() for racer in racers}

    (pull,) = await scene.forge.pull_requests(issue.repository, "")
    (comment,) = await scene.forge.comments(issue)
    assert results == {f"{pull.number} {comment.id}"}
    assert len((await scene.forge.issue(issue)).labels) == 4
    assert scene.reactions(issue) == [(Reaction.EYES.value, await scene.forge.agent_login())]


async def test_a_reader_never_sees_half_a_change(scene: LocalScene, issue: IssueKey) -> None:
    seen: set[str] = set()
    async with process("write-forever", scene.root) as writer, asyncio.timeout(PATIENCE_S):
        writer.say("go")
        while len(seen) < 10:
            bodies = {(await scene.forge.issue(issue)).body}
            bodies |= {comment.body for comment in await scene.forge.comments(issue)}
            assert bodies <= WHOLE
            seen |= bodies
            assert len(await scene.forge.pull_requests(issue.repository, "fix")) <= 1


async def test_writers_killed_at_any_moment_leave_a_forge_that_holds(scene: LocalScene, issue: IssueKey) -> None:
    milliseconds = 5
    async with process("kill-writers", scene.root) as killer, asyncio.timeout(PATIENCE_S):
        while milliseconds < 65 or (await scene.forge.issue(issue)).title == "Wrong total":
            killer.say(str(milliseconds))
            assert await killer.hear() == "killed"
            await _check(scene, issue)
            milliseconds += 2


async def _check(scene: LocalScene, issue: IssueKey) -> None:
    """Everything can be read, is whole, is there once; and the next writer can go on."""
    comments = await scene.forge.comments(issue)
    pulls = await scene.forge.pull_requests(issue.repository, "fix")

    assert (await scene.forge.issue(issue)).body in WHOLE
    assert {comment.body for comment in comments} <= WHOLE
    assert {pull.body for pull in pulls} <= WHOLE | {DRAFT.body}
    assert len([comment for comment in comments if comment.author != "sam"]) <= 1
    assert len(pulls) <= 1
    await scene.forge.upsert_comment(issue, MARKER, whole_body(1))
