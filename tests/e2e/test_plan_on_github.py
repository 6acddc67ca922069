"""The demo's conversation about a plan, on the stand-in for GitHub, over HTTP and with real git."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pygit2
import pytest
from rich.console import Console

from entrypoints.cli import demo_scene
from entrypoints.cli.demo_agent import AgentProcesses
from entrypoints.cli.demo_narrator import Narrator
from entrypoints.cli.demo_people import People
from entrypoints.cli.demo_plan import COLLEAGUE, PlanStory
from entrypoints.cli.demo_sample import Sample
from tests.e2e.test_two_processes import gateway, running
from tests.support.agent_in_process import FaultyAgent, MortalAgent
from tests.support.github_double.server import github_double
from tests.support.github_installation import on_github
from tests.support.github_people import GitHubHands
from tests.support.installation import LABEL, SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from domain.issue import IssueKey
    from entrypoints.cli.demo_agent import Agent
    from infra.composition import Parts
    from tests.support.github_double.server import GitHubDouble
    from tests.support.github_installation import GitHubInstallation

pytestmark = pytest.mark.xdist_group("github-e2e")


@pytest.fixture
def github(tmp_path: Path) -> Iterator[GitHubDouble]:
    with github_double(tmp_path) as github:
        yield github
        assert github.problems == []


class Play:
    """The story, and what was told of it."""

    def __init__(self, installation: GitHubInstallation, issue: IssueKey) -> None:
        self._installation = installation
        self._issue = issue
        self._out = io.StringIO()
        self.narrator = Narrator(Console(file=self._out, width=120))
        world = installation.double.world
        world.grant(issue.repository.id, COLLEAGUE, "write")

    @property
    def told(self) -> str:
        return self._out.getvalue()

    async def run(self, parts: Parts, agent: Agent) -> demo_scene.TestRun:
        """Play it to its end; return what the sample's tests say of the branch."""
        folder = self._installation.folder
        sample = Sample(parts, self._issue, folder)
        people = People(GitHubHands(self._installation.double.world), parts.forge(), agent, self._issue)
        story = PlanStory(sample, people, agent, self.narrator, lambda name: demo_scene.lay_script(folder, name))
        made = await story.play(LABEL)
        assert made is not None, self.told
        assert not made.draft
        return await sample.tests(made.head)


async def assert_one_of_everything(installation: GitHubInstallation, issue: IssueKey) -> None:
    """One pull request, with the plan's three commits; one plan, one answer to the review, no comment twice."""
    (pull_request,) = await installation.pull_requests(issue)
    world, agent = installation.double.world, installation.double.access.app.login
    thread = world.thread(issue.repository.id, pull_request.number)
    assert set(thread.labels) == {"ai-generated", "plan"}
    assert set(world.thread(issue.repository.id, issue.number).labels) == {LABEL, "plan"}
    first_lines = [comment.body.splitlines()[0] for comment in thread.comments if comment.author == agent]
    assert len(first_lines) == len(set(first_lines))
    assert sum("coding-agent:plan -->" in line for line in first_lines) == 1
    assert len([comment for comment in thread.review_comments if comment.in_reply_to]) == 1
    git = pygit2.Repository(str(installation.bare(issue)))
    tips = [git.branches[name].target for name in (pull_request.head, "main")]
    git.free()
    assert git.ahead_behind(*tips) == (3, 0)
    assert installation.left_behind() == []


async def test_the_demos_conversation_goes_the_same_way_on_github(tmp_path: Path, github: GitHubDouble) -> None:
    installation = on_github(tmp_path / "agent", github)
    issue = await installation.set_up()
    play = Play(installation, issue)
    async with (
        gateway(installation) as (url, _),
        running(installation, "worker") as worker,
        installation.parts() as parts,
    ):
        tests = await play.run(parts, AgentProcesses(url, SECRET, worker, play.narrator))
    assert (tests.ran, tests.failed) == (9, 0)
    assert "The plan was changed after" in play.told
    await assert_one_of_everything(installation, issue)


async def test_workers_that_die_after_every_effect_leave_one_of_everything(
    tmp_path: Path, github: GitHubDouble
) -> None:
    installation = on_github(tmp_path / "agent", github, QUEUE="memory", MAX_ATTEMPTS="100")
    issue = await installation.set_up()
    play = Play(installation, issue)
    async with installation.parts() as parts:
        agent = MortalAgent(parts)
        tests = await play.run(parts, agent)
    assert (tests.ran, tests.failed) == (9, 0)
    assert agent.outcomes == ["Done", "Refused", "Done", "Done", "Done"]
    assert set(agent.deaths) == {
        *("react", "upsert_comment", "push", "open_pull_request", "add_labels", "update_pull_request", "mark_ready"),
        *("remove_label", "reply_to_review"),
    }
    await assert_one_of_everything(installation, issue)


async def test_answers_that_fail_or_get_lost_leave_one_of_everything(tmp_path: Path, github: GitHubDouble) -> None:
    installation = on_github(tmp_path / "agent", github, QUEUE="memory", MAX_ATTEMPTS="100")
    issue = await installation.set_up()
    play = Play(installation, issue)
    async with installation.parts() as parts:
        agent = FaultyAgent(parts, github)
        tests = await play.run(parts, agent)
    assert (tests.ran, tests.failed) == (9, 0)
    assert agent.outcomes == ["Done", "Refused", "Done", "Done", "Done"]
    assert agent.faults_met > agent.attempts > len(agent.outcomes)
    await assert_one_of_everything(installation, issue)


async def test_a_rejection_clears_everything_although_workers_die(tmp_path: Path, github: GitHubDouble) -> None:
    installation = on_github(tmp_path / "agent", github, QUEUE="memory", MAX_ATTEMPTS="100")
    issue = await installation.set_up()
    demo_scene.lay_script(installation.folder, "plan")
    async with installation.parts() as parts:
        agent = MortalAgent(parts)
        people = People(GitHubHands(github.world), parts.forge(), agent, issue)
        await people.label(["plan", LABEL], issue.repository.owner)
        assert await agent.worked() == "Done"
        (draft,) = await installation.pull_requests(issue)
        await people.tell(draft, "/reject not now", issue.repository.owner)
        assert await agent.worked() == "Done"
    assert {"close_pull_request", "delete_branch", "remove_label"} <= set(agent.deaths)
    thread = github.world.thread(issue.repository.id, draft.number)
    assert (thread.state, thread.merged_at) == ("closed", None)
    assert draft.head not in github.world.repositories[issue.repository.id].branches()
    assert set(github.world.thread(issue.repository.id, issue.number).labels) == {LABEL, "plan"}
