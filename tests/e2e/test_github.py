"""The main job on GitHub: webhook, queue, worker, git and pull request, over HTTP with a stand-in for GitHub."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pygit2
import pytest

from domain.task import Task, TaskKind, start_trigger, task_id
from entrypoints.cli import demo_scene, webhook
from tests.e2e.test_two_processes import gateway, logged, running
from tests.support.github_double.server import Fault, github_double
from tests.support.github_installation import on_github
from tests.support.installation import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from domain.issue import IssueKey
    from tests.support.github_double.server import GitHubDouble
    from tests.support.github_installation import GitHubInstallation

pytestmark = pytest.mark.xdist_group("github-e2e")

EFFECTS = ("Forge.react", "Forge.upsert_comment", "Workspace.push", "Forge.open_pull_request", "Forge.add_labels")


@pytest.fixture
def github(tmp_path: Path) -> Iterator[GitHubDouble]:
    with github_double(tmp_path) as github:
        yield github
        assert github.problems == []


async def queued(installation: GitHubInstallation) -> IssueKey:
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


async def assert_one_of_everything(installation: GitHubInstallation, issue: IssueKey) -> None:
    (pull_request,) = await installation.pull_requests(issue)
    assert not pull_request.draft
    assert pull_request.labels == {"ai-generated", "quickfix"}
    assert f"Fixes #{issue.number}" in pull_request.body
    thread = installation.double.world.thread(issue.repository.id, issue.number)
    agent = installation.double.access.app.login
    assert thread.reactions == {("eyes", agent)}
    roles = [comment.body.partition("coding-agent:")[2].partition(" ")[0] for comment in thread.comments]
    assert {comment.author for comment in thread.comments} == {agent}
    assert sorted(roles) == sorted(set(roles))
    assert any(f"[#{pull_request.number}]" in comment.body for comment in thread.comments)
    git = pygit2.Repository(str(installation.bare(issue)))
    tips = [git.branches[name].target for name in (pull_request.head, "main")]
    git.free()
    assert git.ahead_behind(*tips) == (1, 0)
    assert installation.left_behind() == []


async def test_a_signed_webhook_becomes_a_pull_request_on_github(tmp_path: Path, github: GitHubDouble) -> None:
    installation = on_github(tmp_path / "agent", github)
    issue = await installation.set_up()
    payload = await installation.payload(issue)
    before = len(github.asked)
    async with gateway(installation) as (url, _), running(installation, "worker") as worker:
        answer = await webhook.send(url, SECRET, payload)
        assert "task" in answer
        assert (await logged(worker, "attempt_ended"))["outcome"] == "Done"

    await assert_one_of_everything(installation, issue)
    first = [asked.path.rpartition("/")[2] for asked in github.asked[before : before + 12]]
    assert "reactions" in first  # each takes GitHub some 0.1 s, and the asker waits for a sign
    async with installation.parts() as parts:
        (pull_request,) = await installation.pull_requests(issue)
        source = await parts.forge().git_source(issue.repository)
        await demo_scene.check_out(parts.vcs(), source, pull_request.head, tmp_path / "checkout")
    assert demo_scene.run_tests(tmp_path / "checkout").failed == 0


async def test_a_secondary_limit_brings_the_task_back_later(tmp_path: Path, github: GitHubDouble) -> None:
    installation = on_github(tmp_path / "agent", github)
    issue = await queued(installation)
    github.go_wrong(Fault("POST", "/pulls", status=403, body='{"message": "You have exceeded a secondary rate limit"}'))
    done = installation.run("entrypoints.cli.main", "worker", "--once")
    assert done.returncode == 0, done.stderr

    async with installation.parts() as parts:
        status = await parts.queue_admin().status()
    assert (status.due, status.delayed, status.dead) == (0, 1, 0)
    (comment,) = await installation.agent_comments(issue)
    assert "rate limit is reached" in comment.body


@pytest.mark.parametrize("effect", EFFECTS)
async def test_a_worker_killed_after_an_effect_on_github_leaves_one_of_everything(
    tmp_path: Path, github: GitHubDouble, effect: str
) -> None:
    installation = on_github(tmp_path / "agent", github, LEASE_SECONDS="8")
    issue = await queued(installation)
    died = installation.run("tests.support.mortal_worker", effect, "1")
    assert died.returncode == -signal.SIGKILL, died.stderr
    second = installation.run("entrypoints.cli.main", "worker", "--once")
    assert second.returncode == 0, second.stderr
    await assert_one_of_everything(installation, issue)
