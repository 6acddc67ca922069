"""The people of the demo: what they do on a forge, and the webhook that it would send of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from domain.issue import IssueKey, ReviewState
from entrypoints.cli import webhook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from application.ports.forge import Forge
    from domain.issue import Comment, PullRequest, Review
    from domain.repository import RepositoryRef
    from entrypoints.cli.demo_agent import Agent


class Hands(Protocol):
    """What people can do on a forge."""

    def add_label(self, issue: IssueKey, label: str, *, by: str) -> None:
        """Set one label more."""

    def add_comment(self, issue: IssueKey, *, author: str, body: str) -> Comment:
        """Comment on an issue or pull request."""

    def edit_comment(self, issue: IssueKey, comment_id: int, body: str) -> None:
        """Give a comment another text."""

    def add_review(
        self,
        repository: RepositoryRef,
        number: int,
        *,
        author: str,
        state: ReviewState,
        remarks: Iterable[tuple[str, int | None, str]],
    ) -> Review:
        """Review a pull request; each remark is a path, a line of it (None: the file) and a text."""


class People:
    """They label, comment, edit and review; whatever they do that asks for work returns the task that is queued."""

    def __init__(self, hands: Hands, forge: Forge, agent: Agent, issue: IssueKey) -> None:
        self._hands = hands
        self._forge = forge
        self._agent = agent
        self._issue = issue

    async def label(self, labels: Sequence[str], by: str) -> str:
        """Set labels on the issue; the gateway is told of the last one."""
        for label in labels:
            self._hands.add_label(self._issue, label, by=by)
        return await self._agent.told(webhook.labelled(await self._forge.issue(self._issue), labels[-1], by))

    def comment(self, pull_request: PullRequest, text: str, by: str) -> Comment:
        """Comment on a pull request; the gateway is not told yet."""
        return self._hands.add_comment(self._on(pull_request), author=by, body=text)

    async def deliver(self, pull_request: PullRequest, comment: Comment) -> str:
        """Tell the gateway of a comment."""
        seen = await self._forge.issue(self._on(pull_request))
        return await self._agent.told(webhook.commented(seen, comment, on_pull_request=True), event="issue_comment")

    async def tell(self, pull_request: PullRequest, text: str, by: str) -> str:
        """Comment on a pull request."""
        return await self.deliver(pull_request, self.comment(pull_request, text, by))

    def edit(self, pull_request: PullRequest, comment: Comment, text: str) -> None:
        """Give a comment another text; no webhook that the gateway reads tells of it."""
        self._hands.edit_comment(self._on(pull_request), comment.id, text)

    async def request_changes(self, pull_request: PullRequest, path: str, line: int | None, text: str, by: str) -> str:
        """Review a pull request with one remark, and request changes."""
        review = self._hands.add_review(
            self._issue.repository,
            pull_request.number,
            author=by,
            state=ReviewState.CHANGES_REQUESTED,
            remarks=[(path, line, text)],
        )
        seen = await self._forge.issue(self._on(pull_request))
        return await self._agent.told(webhook.reviewed(seen, pull_request, review), event="pull_request_review")

    def _on(self, pull_request: PullRequest) -> IssueKey:
        return IssueKey(self._issue.repository, pull_request.number)
