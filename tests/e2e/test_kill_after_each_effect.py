"""A worker on RabbitMQ may die at any instruction: killed after each effect of a quick fix, it leaves one of each.

And it may be cut off there, and live on. `test_kill_each_use_case.py` has the other use cases.
"""

from __future__ import annotations

import asyncio
import json
import signal
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

import pygit2
import pytest

from application.effects import effects_of
from application.ports.audit_log import AuditLog
from application.ports.forge import Forge
from application.ports.vcs import Workspace
from domain.task import Task, TaskKind, start_trigger, task_id
from entrypoints.cli.child_process import started
from tests.e2e.test_two_processes import SECONDS
from tests.support import rabbit
from tests.support.broker import broker_group
from tests.support.installation import Installation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping
    from pathlib import Path

    from domain.issue import Comment, IssueKey
    from tests.support.broker import Broker

pytestmark = broker_group

RESUMED_WITHIN_SECONDS = 30

EFFECTS = [f"{port.__name__}.{name}" for port in (AuditLog, Forge, Workspace) for name in effects_of(port)]
OF_QUICK_FIX = {
    "AuditLog.append",
    "Forge.react",
    "Forge.upsert_comment",
    "Forge.open_pull_request",
    "Forge.add_labels",
    "Workspace.push",
}


async def queued(installation: Installation) -> IssueKey:
    """The task about the sample's issue, as the gateway publishes it."""
    issue = await installation.set_up()
    async with installation.parts() as parts:
        now = await parts.forge().issue(issue)
        task = Task(
            id=task_id(issue.repository, issue.number, start_trigger(now.updated_at.isoformat())),
            kind=TaskKind.START,
            repository=issue.repository,
            issue_number=issue.number,
            asked_by=issue.repository.owner,
            asked_at=datetime.now(UTC),
            title=now.title,
            body=now.body,
        )
        await parts.queue().publish(task)
    return issue


def commits_ahead(repository: str, branch: str) -> int:
    """How many commits a branch has that `main` has not."""
    git = pygit2.Repository(repository)
    ahead, behind = git.ahead_behind(git.branches[branch].target, git.branches["main"].target)
    assert behind == 0
    return ahead


def _role(comment: Comment) -> str:
    return comment.body.partition("coding-agent:")[2].partition(" ")[0]


async def assert_one_of_everything(installation: Installation, issue: IssueKey) -> None:
    """What `assert_one_result` says, and nothing left on the disk."""
    await assert_one_result(installation, issue)
    assert installation.left_behind() == []


async def assert_one_result(installation: Installation, issue: IssueKey) -> None:
    """One pull request with one commit, one comment of each role that holds the result, and nothing waiting.

    Who asked is on record, for each attempt at most once.
    """
    (pull_request,) = await installation.pull_requests(issue)
    comments = await installation.agent_comments(issue)
    assert sorted(_role(comment) for comment in comments) == ["status", "summary"]
    assert all(f"[#{pull_request.number}]" in comment.body for comment in comments)
    audit = [json.loads(line) for line in installation.audit.read_text(encoding="utf-8").splitlines()]
    assert {(line["actor"], line["action"], line["issue"]) for line in audit} == {("acme", "asked", issue.number)}
    assert len({line["attempt"] for line in audit}) == len(audit)
    assert pull_request.labels == {"ai-generated", "quickfix"}
    async with installation.parts() as parts:
        status = await parts.queue_admin().status()
        assert (status.due, status.delayed, status.held, status.dead) == (0, 0, 0, 0)
        source = await parts.forge().git_source(issue.repository)
    assert commits_ahead(source.location, pull_request.head) == 1


@pytest.fixture
async def queue(broker: Broker) -> AsyncIterator[Mapping[str, str]]:
    """The settings of queues of the test's own."""
    settings = rabbit.settings_for(broker)
    yield settings
    await rabbit.forgotten(broker, settings)


@pytest.mark.parametrize("effect", sorted(OF_QUICK_FIX))
async def test_a_worker_killed_after_an_effect_leaves_one_of_everything(
    tmp_path: Path, queue: Mapping[str, str], effect: str
) -> None:
    for occurrence in count(1):
        installation = Installation(tmp_path / str(occurrence), queue)
        installation.folder.mkdir()
        issue = await queued(installation)
        died = installation.run("tests.support.mortal_worker", effect, str(occurrence))
        if died.returncode == 0:
            assert occurrence > 1
            await assert_one_of_everything(installation, issue)
            return
        assert died.returncode == -signal.SIGKILL, died.stderr
        await assert_resumed(installation)
        await assert_one_of_everything(installation, issue)


async def assert_resumed(installation: Installation) -> None:
    """Another worker, started now, takes the task and is through with it, all within 30 seconds."""
    async with started("worker", installation.environment, installation.folder, "--once") as second:
        assert await second.exit_code(within_seconds=RESUMED_WITHIN_SECONDS) == 0


@pytest.mark.parametrize("effect", sorted(OF_QUICK_FIX))
async def test_a_worker_cut_off_after_an_effect_does_nothing_more(tmp_path: Path, broker: Broker, effect: str) -> None:
    settings = rabbit.settings_for(broker)
    installation = Installation(tmp_path, settings)
    issue = await queued(installation)
    end_of_deafness = tmp_path / "hear"
    old = await installation.start("tests.support.mortal_worker", effect, "1", str(end_of_deafness))
    before = await printed_until(old, "cut")
    await assert_resumed(installation)
    await assert_one_result(installation, issue)
    end_of_deafness.touch()
    after, errors = await asyncio.wait_for(old.communicate(), SECONDS)
    assert (old.returncode, effects_in(before)[-1]) == (0, effect), errors
    assert effects_in(after.decode().splitlines()) == []
    await assert_one_of_everything(installation, issue)
    await rabbit.forgotten(broker, settings)


def effects_in(lines: Iterable[str]) -> list[str]:
    """Those that were printed among what else was."""
    return [line for line in lines if line in EFFECTS]


async def printed_until(process: asyncio.subprocess.Process, word: str) -> list[str]:
    """The lines before the one that says this word."""
    assert process.stdout is not None
    lines: list[str] = []
    async with asyncio.timeout(SECONDS):
        while (line := (await process.stdout.readline()).decode().strip()) != word:
            assert line, f"it ended without a word of {word!r}"
            lines.append(line)
    return lines
