"""Where issues and pull requests live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from application.effects import effect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from domain.issue import (
        AssignmentEvent,
        Comment,
        Issue,
        IssueKey,
        LabelEvent,
        PullRequest,
        PullRequestDraft,
        Reaction,
        Review,
    )
    from domain.repository import ForgeAccess, GitSource, Permission, Repository, RepositoryRef


class Forge(Protocol):
    """A forge, seen by the agent's own account.

    Every method raises `ForgeUnavailable` when the forge does not answer or not now, `NotFound` for what does not
    exist, `CredentialsRefused` and `PermissionRefused` when we may not. A pull request has comments and labels like
    an issue, under its own number. Every effect is found-or-made: calling it twice leaves what calling it once does.
    """

    async def agent_login(self) -> str:
        """The agent's own account: only comments by it can be the agent's."""

    async def repository(self, repository: RepositoryRef) -> Repository:
        """What the forge says of a repository now."""

    async def find_repository(self, full_name: str) -> Repository:
        """The same for a repository of which only the name is known: `owner/name`, as people write it."""

    async def git_source(self, repository: RepositoryRef) -> GitSource:
        """Where git reaches the repository, with a credential fit for reading and pushing."""

    async def permission(self, repository: RepositoryRef, login: str) -> Permission:
        """What a person may do there; `NONE` for strangers."""

    async def check(self, repository: RepositoryRef) -> ForgeAccess:
        """What the agent may not do there although its work needs it; it changes nothing."""

    async def issue(self, issue: IssueKey) -> Issue:
        """The issue as it is now."""

    async def open_issues(self, repository: RepositoryRef, since: datetime | None = None) -> Sequence[Issue]:
        """The open issues, no pull requests, latest activity first; with `since`, those updated then or later."""

    async def comments(self, issue: IssueKey) -> Sequence[Comment]:
        """All comments on an issue or pull request, oldest first."""

    async def label_events(self, issue: IssueKey) -> Sequence[LabelEvent]:
        """Who set and removed which labels, oldest first."""

    async def assignment_events(self, issue: IssueKey) -> Sequence[AssignmentEvent]:
        """Who assigned and unassigned whom, oldest first."""

    async def pull_requests(self, repository: RepositoryRef, head_prefix: str) -> Sequence[PullRequest]:
        """The pull requests, in any state, whose branch in this repository begins with `head_prefix`, oldest first."""

    async def reviews(self, repository: RepositoryRef, number: int) -> Sequence[Review]:
        """The submitted reviews of a pull request with their comments, oldest first."""

    @effect
    async def open_pull_request(self, repository: RepositoryRef, draft: PullRequestDraft) -> PullRequest:
        """The open pull request of that head; found, and left as it is, or made."""

    @effect
    async def update_pull_request(self, repository: RepositoryRef, number: int, *, title: str, body: str) -> None:
        """Give a pull request this title and body."""

    @effect
    async def mark_ready(self, repository: RepositoryRef, number: int) -> None:
        """Make a draft ready for review."""

    @effect
    async def close_pull_request(self, repository: RepositoryRef, number: int) -> None:
        """Close a pull request without merging it."""

    @effect
    async def reply_to_review(
        self, repository: RepositoryRef, number: int, comment_id: int, marker: str, body: str
    ) -> None:
        """Answer a review's comment, unless an answer by the agent to it carries `marker` already.

        `marker` must be in `body`.
        """

    @effect
    async def delete_branch(self, repository: RepositoryRef, branch: str) -> None:
        """Delete a branch; nothing happens where it does not exist. The default branch is refused."""

    @effect
    async def add_labels(self, issue: IssueKey, labels: frozenset[str]) -> None:
        """Add labels to an issue or pull request, making those that the repository does not have."""

    @effect
    async def remove_label(self, issue: IssueKey, label: str) -> None:
        """Remove a label; nothing happens where it is not set."""

    @effect
    async def upsert_comment(self, issue: IssueKey, marker: str, body: str) -> Comment:
        """Write the agent's comment that carries `marker`: edited where it exists, otherwise made.

        `marker` must be in `body`. A comment by anybody else counts as nothing, whatever it carries.
        """

    @effect
    async def react(self, issue: IssueKey, reaction: Reaction, comment_id: int | None = None) -> None:
        """React to an issue, or to one of its comments."""
