"""Each use case on the point of beginning: the local forge as it stands then, and the one task that waits."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pygit2

from domain.issue import IssueKey, PullRequestState
from entrypoints.cli import demo_scene, webhook
from entrypoints.cli.demo_agent import Agent
from entrypoints.cli.demo_people import People
from entrypoints.gateway.payloads import read_issue_event
from tests.support.installation import LABEL, REPOSITORY, Installation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path

    from domain.issue import PullRequest
    from infra.composition import Parts
    from tests.support.mortal_workers import MortalWorkers

_SECONDS_UNTIL_AN_APPROVAL_COUNTS = 1.1
_HEX = re.compile(r"\b[0-9a-f]{7,40}\b")


class Gateway(Agent):
    """What a gateway does with a webhook, in this process; the work is left to others."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def told(self, payload: dict[str, object], *, event: str = "issues") -> str:
        """Queue what it asks for."""
        read = read_issue_event(
            json.dumps(payload).encode(), event=event, forge="local", delivery="d", received_at=datetime.now(UTC)
        )
        await self._parts.submit_event().submit(read)
        return ""

    async def worked(self) -> str:
        """Nobody works here."""
        raise AssertionError


@dataclass
class Scene:
    """An issue of the sample's, its people, and workers who do what has been asked for so far."""

    installation: Installation
    issue: IssueKey
    workers: MortalWorkers

    @asynccontextmanager
    async def people(self) -> AsyncIterator[tuple[Parts, People]]:
        """Those who ask for something."""
        async with self.installation.parts() as parts:
            admin, forge = parts.local_forge_admin(), parts.forge()
            yield parts, People(admin, forge, Gateway(parts), self.issue)

    async def draft(self) -> PullRequest:
        """The agent's pull request."""
        (pull_request,) = await self.installation.pull_requests(self.issue)
        return pull_request

    def answers(self, script: str) -> None:
        """What the model will say next."""
        demo_scene.lay_script(self.installation.folder, script)

    def gist(self, body: str) -> str:
        """A comment's marker and first words, without what is another's in each folder and each run."""
        lines = [line for line in body.splitlines() if line.strip() and not line.startswith("<!-- coding-agent:state")]
        return _HEX.sub("…", "\n".join(lines[:2]).replace(str(self.installation.folder), "…"))

    async def work(self) -> None:
        """What waits is done."""
        ended = await asyncio.to_thread(self.workers.work, self.installation.environment)
        assert ended.code == 0
        await asyncio.sleep(_SECONDS_UNTIL_AN_APPROVAL_COUNTS)

    async def label(self, *labels: str) -> None:
        async with self.people() as (_, people):
            await people.label(labels, self.issue.repository.owner)

    async def say(self, text: str) -> None:
        """A comment of the owner's, on the pull request."""
        draft = await self.draft()
        async with self.people() as (_, people):
            await people.tell(draft, text, self.issue.repository.owner)

    async def say_on_the_issue(self, text: str) -> None:
        async with self.people() as (parts, _):
            comment = parts.local_forge_admin().add_comment(self.issue, author=self.issue.repository.owner, body=text)
            seen = await parts.forge().issue(self.issue)
            payload = webhook.commented(seen, comment, on_pull_request=False)
            await Gateway(parts).told(payload, event="issue_comment")


async def quick_fix(scene: Scene) -> None:
    await scene.label(LABEL)


async def propose_plan(scene: Scene, plan: str = "plan") -> None:
    scene.answers(plan)
    await scene.label("plan", LABEL)


async def _planned(scene: Scene, plan: str = "plan") -> None:
    await propose_plan(scene, plan)
    await scene.work()


async def revise_plan(scene: Scene) -> None:
    await _planned(scene)
    scene.answers("revise")
    await scene.say("/revise Refuse a unit that comes twice.")


async def execute_plan(scene: Scene) -> None:
    await _planned(scene, "revise")  # the plan that the stored change fits
    scene.answers("carry-out")
    await scene.say("/approve")


async def reject_plan(scene: Scene) -> None:
    await _planned(scene)
    await scene.say("/reject Not now.")


async def cancel_work(scene: Scene) -> None:
    await _planned(scene)
    await scene.say("/cancel")


async def tell_status(scene: Scene) -> None:
    await _planned(scene)
    await scene.say("/status")


async def tidy_up(scene: Scene) -> None:
    """People close the draft themselves."""
    await _planned(scene)
    draft = await scene.draft()
    key = IssueKey(scene.issue.repository, draft.number)
    async with scene.people() as (parts, _):
        parts.local_forge_admin().close_issue(key)
        closed = await parts.forge().issue(key)
        payload = webhook.about_pull_request(closed, draft, "closed", scene.issue.repository.owner)
        await Gateway(parts).told(payload, event="pull_request")


async def follow_up(scene: Scene) -> None:
    await execute_plan(scene)
    await scene.work()
    scene.answers("follow-up")
    pull_request = await scene.draft()
    async with scene.people() as (_, people):
        await people.request_changes(
            pull_request, "durations/parsing.py", None, "Say what could not be read.", scene.issue.repository.owner
        )


async def retry_task(scene: Scene) -> None:
    """The model had said nothing."""
    shutil.rmtree(scene.installation.folder / "answers")
    await scene.label(LABEL)
    await scene.work()
    scene.answers("fix")
    await scene.say_on_the_issue("/retry")


USE_CASES: Mapping[str, Callable[[Scene], Awaitable[None]]] = {
    each.__name__: each
    for each in (
        quick_fix,
        propose_plan,
        revise_plan,
        execute_plan,
        reject_plan,
        cancel_work,
        tell_status,
        tidy_up,
        follow_up,
        retry_task,
    )
}


async def scene_before(use_case: str, folder: Path, workers: MortalWorkers) -> Scene:
    """The scene in which what waits is a task for this use case."""
    installation = Installation(folder)
    demo_scene.lay_script(folder)
    async with installation.parts() as parts:
        await parts.queue_admin().set_up()
        issue = demo_scene.set_up(parts, REPOSITORY, folder)
    scene = Scene(installation, issue, workers)
    await USE_CASES[use_case](scene)
    return scene


def copied(scene: Scene, folder: Path) -> Scene:
    """The same in another folder."""
    shutil.copytree(scene.installation.folder, folder)
    return replace(scene, installation=replace(scene.installation, folder=folder))


async def picture(scene: Scene) -> object:
    """All that is to be seen, but for what differs from run to run: times, counts, and names of commits.

    Of a comment, its marker and its first words; of a branch, what its commits are called. An audit line is there once
    for each attempt.
    """
    issue = scene.issue
    async with scene.installation.parts() as parts:
        forge = parts.forge()
        pulls = await forge.pull_requests(issue.repository, "coding-agent/")
        threads = [issue, *(IssueKey(issue.repository, pull.number) for pull in pulls)]
        source = await forge.git_source(issue.repository)
        status = await parts.queue_admin().status()
        return {
            "issue": _sorted((await forge.issue(issue)).labels),
            "pull requests": [_pull_request(pull) for pull in pulls],
            "comments": [Counter([scene.gist(c.body) for c in await forge.comments(thread)]) for thread in threads],
            "reactions": [dict(parts.local_forge_admin().reactions(thread)) for thread in threads],
            "branches": _branches(source.location),
            "audit": _audit(scene.installation),
            "queue": (status.due, status.delayed, status.held),
        }


def _pull_request(pull: PullRequest) -> tuple[object, ...]:
    return (pull.title, pull.head, pull.draft, pull.state is PullRequestState.OPEN, _sorted(pull.labels))


def _branches(location: str) -> dict[str, list[str]]:
    git = pygit2.Repository(location)
    return {name: [c.message.partition("\n")[0] for c in git.walk(git.branches[name].target)] for name in git.branches}


def _audit(installation: Installation) -> list[tuple[str, ...]]:
    lines = [json.loads(line) for line in installation.audit.read_text(encoding="utf-8").splitlines()]
    assert len({(line["task"], line["action"], line["attempt"]) for line in lines}) == len(lines)
    return sorted({(line["actor"], line["action"], line["task"]) for line in lines})


def _sorted(labels: frozenset[str]) -> list[str]:
    return sorted(labels)
