"""What can be seen of the demo's sample repository from outside: its tests, and what the agent has made there."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

from application.dialogue import read_dialogue
from application.plan_comment import PLAN_MARKER
from domain.issue import IssueKey
from entrypoints.cli import demo_scene as scene

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from application.dialogue import Dialogue
    from domain.issue import Comment, PullRequest, Review
    from domain.repository import GitSource
    from infra.composition import Parts


class Sample:
    """The issue's repository on the local forge; `folder` is the demo's."""

    def __init__(self, parts: Parts, issue: IssueKey, folder: Path) -> None:
        self.issue = issue
        self._parts = parts
        self._folder = folder

    async def dialogue(self) -> Dialogue:
        """How the conversation about the issue stands."""
        return await read_dialogue(self._parts.forge(), self.issue)

    async def source(self) -> GitSource:
        """Where it can be cloned from."""
        return await self._parts.forge().git_source(self.issue.repository)

    async def tests(self, branch: str) -> scene.TestRun:
        """Check a branch out and run its tests."""
        folder = self._folder / "checkouts" / branch.replace("/", "-")
        shutil.rmtree(folder, ignore_errors=True)
        await scene.check_out(self._parts.vcs(), await self.source(), branch, folder)
        return await asyncio.to_thread(scene.run_tests, folder)

    async def difference(self, pull_request: PullRequest) -> str:
        """What a pull request changes."""
        return await scene.difference(self._parts.vcs(), await self.source(), pull_request.base, pull_request.head)

    async def line_of(self, words: str, path: str, branch: str) -> int | None:
        """The last line of a file that holds the words, from 1."""
        async with self._parts.vcs().open(await self.source(), branch) as workspace:
            content = (await workspace.read([path])).get(path, b"").decode(errors="replace")
        found = [number for number, line in enumerate(content.splitlines(), 1) if words in line]
        return found[-1] if found else None

    async def plan_comment(self, pull_request: PullRequest) -> Comment:
        """The plan's comment as it stands."""
        comments = await self._agents_comments(IssueKey(self.issue.repository, pull_request.number))
        return next(comment for comment in comments if PLAN_MARKER in comment.body)

    async def last_words(self, number: int) -> str:
        """What the agent has said last on the issue or a pull request, beside the plan."""
        comments = await self._agents_comments(IssueKey(self.issue.repository, number))
        bodies = [comment.body for comment in comments if PLAN_MARKER not in comment.body]
        return bodies[-1] if bodies else "no word"

    async def answers(self, pull_request: PullRequest) -> Sequence[str]:
        """The agent's answers to what reviews say of single lines."""
        reviews: Sequence[Review] = await self._parts.forge().reviews(self.issue.repository, pull_request.number)
        return [remark.body for review in reviews for remark in review.comments if remark.in_reply_to]

    async def _agents_comments(self, key: IssueKey) -> list[Comment]:
        agent = await self._parts.forge().agent_login()
        return [comment for comment in await self._parts.forge().comments(key) if comment.author == agent]
