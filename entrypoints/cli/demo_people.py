"""The people of the demo: what they do on the local forge, and the webhook that a forge would send of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.issue import IssueKey, ReviewState
from entrypoints.cli import webhook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.issue import Comment, PullRequest
    from entrypoints.cli.demo_agent import Agent
    from infra.composition import Parts


class People:
    """They label, comment, edit and review; whatever they do that asks for work returns the task that is queued."""

    def __init__(self, parts: Parts, agent: Agent, issue: IssueKey) -> None:
        self._parts = parts
        self._admin = parts.local_forge_admin()
        self._agent = agent
        self._issue = issue

    async def label(self, labels: Sequence[str], by: str) -> str:
        """Set labels on the issue; the gateway is told of the last one."""
        for label in labels:
            self._admin.add_label(self._issue, label, by=by)
        return await self._agent.told(webhook.labelled(await self._parts.forge().issue(self._issue), labels[-1], by))

    def comment(self, pull_request: PullRequest, text: str, by: str) -> Comment:
        """Comment on a pull request; the gateway is not told yet."""
        return self._admin.add_comment(self._on(pull_request), author=by, body=text)

    async def deliver(self, pull_request: PullRequest, comment: Comment) -> str:
        """Tell the gateway of a comment."""
        seen = await self._parts.forge().issue(self._on(pull_request))
        return await self._agent.told(webhook.commented(seen, comment, on_pull_request=True), event="issue_comment")

    async def say(self, pull_request: PullRequest, text: str, by: str) -> str:
        """Comment on a pull request."""
        return await self.deliver(pull_request, self.comment(pull_request, text, by))

    def edit(self, pull_request: PullRequest, comment: Comment, text: str) -> None:
        """Give a comment another text; no webhook that the gateway reads tells of it."""
        self._admin.edit_comment(self._on(pull_request), comment.id, text)

    async def request_changes(self, pull_request: PullRequest, path: str, line: int | None, text: str, by: str) -> str:
        """Review a pull request with one remark, and request changes."""
        review = self._admin.add_review(
            self._issue.repository,
            pull_request.number,
            author=by,
            state=ReviewState.CHANGES_REQUESTED,
            remarks=[(path, line, text)],
        )
        seen = await self._parts.forge().issue(self._on(pull_request))
        return await self._agent.told(webhook.reviewed(seen, pull_request, review), event="pull_request_review")

    def _on(self, pull_request: PullRequest) -> IssueKey:
        return IssueKey(self._issue.repository, pull_request.number)
