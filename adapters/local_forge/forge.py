"""`LocalForge`: the folder as a forge."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.local_forge.catalog import Catalog
from adapters.local_forge.desk import Desk
from adapters.local_forge.storage import Storage
from application.ports.forge import Forge

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from application.ports.clock import Clock
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

LOCK_TIMEOUT_S = 10.0
"""How long a change waits for another process's: each takes milliseconds."""


class LocalForge(Forge):
    """The forge in the folder `root`; every call works in a thread, and leaves the event loop free.

    `name` is what the references that it gives call the forge. A change that is under way when its caller is
    cancelled is completed. An effect waits `lock_timeout_s` for other writers, then raises `ForgeUnavailable`.
    """

    def __init__(
        self, root: Path, clock: Clock, *, name: str = "local", lock_timeout_s: float = LOCK_TIMEOUT_S
    ) -> None:
        self._desk = Desk(Catalog(Storage(root.absolute(), lock_timeout_s)), clock, name)

    async def agent_login(self) -> str:
        """See `Forge`."""
        return await asyncio.to_thread(self._desk.agent_login)

    async def repository(self, repository: RepositoryRef) -> Repository:
        """See `Forge`."""
        return await asyncio.to_thread(self._desk.repository, repository)

    async def find_repository(self, full_name: str) -> Repository:
        """See `Forge`."""
        return await asyncio.to_thread(self._desk.find_repository, full_name)

    async def git_source(self, repository: RepositoryRef) -> GitSource:
        """The path of the bare repository."""
        return await asyncio.to_thread(self._desk.git_source, repository)

    async def permission(self, repository: RepositoryRef, login: str) -> Permission:
        """See `Forge`."""
        return await asyncio.to_thread(self._desk.permission, repository, login)

    async def check(self, repository: RepositoryRef) -> ForgeAccess:
        """See `Forge`."""
        return await asyncio.to_thread(self._desk.check, repository)

    async def open_issues(self, repository: RepositoryRef, since: datetime | None = None) -> Sequence[Issue]:
        """See `Forge`."""
        return await asyncio.to_thread(self._desk.open_issues, repository, since)

    async def label_events(self, issue: IssueKey) -> Sequence[LabelEvent]:
        """See `Forge`; labels set by hand have no event."""
        return await asyncio.to_thread(self._desk.label_events, issue)

    async def assignment_events(self, issue: IssueKey) -> Sequence[AssignmentEvent]:
        """See `Forge`; who was assigned by hand has no event."""
        return await asyncio.to_thread(self._desk.assignment_events, issue)

    async def reviews(self, repository: RepositoryRef, number: int) -> Sequence[Review]:
        """See `Forge`."""
        return await asyncio.to_thread(self._desk.reviews, repository, number)

    async def reply_to_review(
        self, repository: RepositoryRef, number: int, comment_id: int, marker: str, body: str
    ) -> None:
        """See `Forge`."""
        await asyncio.to_thread(self._desk.reply_to_review, repository, number, comment_id, marker, body)

    async def delete_branch(self, repository: RepositoryRef, branch: str) -> None:
        """See `Forge`."""
        await asyncio.to_thread(self._desk.delete_branch, repository, branch)

    async def issue(self, issue: IssueKey) -> Issue:
        """See `Forge`."""
        return await asyncio.to_thread(self._desk.issue, issue)

    async def comments(self, issue: IssueKey) -> Sequence[Comment]:
        """See `Forge`."""
        return await asyncio.to_thread(self._desk.comments, issue)

    async def pull_requests(self, repository: RepositoryRef, head_prefix: str) -> Sequence[PullRequest]:
        """See `Forge`."""
        return await asyncio.to_thread(self._desk.pull_requests, repository, head_prefix)

    async def open_pull_request(self, repository: RepositoryRef, draft: PullRequestDraft) -> PullRequest:
        """See `Forge`; its `url` is the path of its file."""
        return await asyncio.to_thread(self._desk.open_pull_request, repository, draft)

    async def update_pull_request(self, repository: RepositoryRef, number: int, *, title: str, body: str) -> None:
        """See `Forge`."""
        await asyncio.to_thread(self._desk.update_pull_request, repository, number, title, body)

    async def mark_ready(self, repository: RepositoryRef, number: int) -> None:
        """See `Forge`."""
        await asyncio.to_thread(self._desk.mark_ready, repository, number)

    async def close_pull_request(self, repository: RepositoryRef, number: int) -> None:
        """See `Forge`."""
        await asyncio.to_thread(self._desk.close_pull_request, repository, number)

    async def add_labels(self, issue: IssueKey, labels: frozenset[str]) -> None:
        """See `Forge`."""
        await asyncio.to_thread(self._desk.add_labels, issue, labels)

    async def remove_label(self, issue: IssueKey, label: str) -> None:
        """See `Forge`."""
        await asyncio.to_thread(self._desk.remove_label, issue, label)

    async def upsert_comment(self, issue: IssueKey, marker: str, body: str) -> Comment:
        """See `Forge`."""
        return await asyncio.to_thread(self._desk.upsert_comment, issue, marker, body)

    async def react(self, issue: IssueKey, reaction: Reaction, comment_id: int | None = None) -> None:
        """See `Forge`."""
        await asyncio.to_thread(self._desk.react, issue, reaction, comment_id)
