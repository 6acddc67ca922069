"""What the agent's account does in the folder, as plain blocking calls; `LocalForge` moves them off the event loop.

What each method promises is said once, in the port `Forge`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from adapters.local_forge import pages, records
from adapters.local_forge.branches import default_branch, delete_branch, require_ahead
from adapters.local_forge.history import assignment_events, label_events, with_history
from adapters.local_forge.repository_folder import PULLS
from adapters.local_forge.reviews import Remark, review_page
from adapters.local_forge.roster import same_login
from domain.errors import InvalidInput, NotFound, PermissionRefused
from domain.issue import IssueState, PullRequestState, ReviewState
from domain.repository import ForgeAccess, GitSource, Repository, RepositoryRef

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.local_forge.catalog import Catalog
    from adapters.local_forge.repository_folder import RepositoryFolder
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
        ReviewComment,
    )
    from domain.repository import Permission


class ReadingDesk:
    """What changes nothing."""

    def __init__(self, catalog: Catalog, clock: Clock, forge_name: str) -> None:
        self._catalog = catalog
        self._clock = clock
        self._forge_name = forge_name

    def agent_login(self) -> str:
        """From forge.toml, or the default."""
        return self._catalog.agent_login()

    def repository(self, repository: RepositoryRef) -> Repository:
        """Its name and id are those that it has now."""
        return self._repository(self._catalog.find(repository))

    def find_repository(self, full_name: str) -> Repository:
        """By name, whatever its case."""
        wanted = RepositoryRef(self._forge_name, 0, full_name).full_name.casefold()
        for folder in self._catalog.repositories():
            if folder.full_name.casefold() == wanted:
                return self._repository(folder)
        message = f"there is no repository {full_name} in the local forge"
        raise NotFound(message)

    def _repository(self, folder: RepositoryFolder) -> Repository:
        ref = RepositoryRef(self._forge_name, folder.id(), folder.full_name)
        return Repository(ref, default_branch(folder.bare, f"{folder.full_name}.git"))

    def git_source(self, repository: RepositoryRef) -> GitSource:
        """The path of the bare repository."""
        return GitSource(str(self._catalog.find(repository).bare))

    def permission(self, repository: RepositoryRef, login: str) -> Permission:
        """From the repository's own list, or the forge's."""
        return self._catalog.permission(self._catalog.find(repository), login)

    def check(self, repository: RepositoryRef) -> ForgeAccess:
        """What the system does not let this process write."""
        folder = self._catalog.find(repository)
        missing = [
            f"write access to {path.name} in {repository.owner}/ of the local forge's folder"
            for path in (folder.data, folder.bare)
            if not os.access(path, os.R_OK | os.W_OK | os.X_OK)
        ]
        return ForgeAccess(self.agent_login(), tuple(missing))

    def issue(self, issue: IssueKey) -> Issue:
        """A pull request's number gives the pull request, seen as an issue."""
        return records.issue(self._catalog.find(issue.repository), issue)

    def open_issues(self, repository: RepositoryRef, since: datetime | None) -> list[Issue]:
        """All pages are read: there is no index."""
        found = records.issues(self._catalog.find(repository), repository)
        wanted = (each for each in found if each.state is IssueState.OPEN and (not since or each.updated_at >= since))
        return sorted(wanted, key=lambda each: (each.updated_at, each.key.number), reverse=True)

    def comments(self, issue: IssueKey) -> list[Comment]:
        """In the order of their numbers."""
        folder = self._catalog.find(issue.repository)
        return [comment for comment, _ in records.comments(folder, issue.number, self.agent_login())]

    def label_events(self, issue: IssueKey) -> list[LabelEvent]:
        """What the page's `events` say; a label set by hand has none."""
        folder, agent = self._catalog.find(issue.repository), self.agent_login()
        return folder.understood(records.page(folder, issue), lambda stored: label_events(stored.value.facts, agent))

    def assignment_events(self, issue: IssueKey) -> list[AssignmentEvent]:
        """Likewise."""
        folder, agent = self._catalog.find(issue.repository), self.agent_login()
        page = records.page(folder, issue)
        return folder.understood(page, lambda stored: assignment_events(stored.value.facts, agent))

    def reviews(self, repository: RepositoryRef, number: int) -> list[Review]:
        """In the order of their numbers."""
        return records.reviews(self._catalog.find(repository), number, self.agent_login())

    def pull_requests(self, repository: RepositoryRef, head_prefix: str) -> list[PullRequest]:
        """In the order of their numbers."""
        pulls = records.pull_requests(self._catalog.find(repository))
        return [pull for pull in pulls if pull.head.startswith(head_prefix)]


class Desk(ReadingDesk):
    """What changes something: each method holds the repository's lock, and writes one file at most."""

    def open_pull_request(self, repository: RepositoryRef, draft: PullRequestDraft) -> PullRequest:
        """`NotFound` where a branch does not exist, `InvalidInput` where the head has nothing new."""
        folder = self._catalog.find(repository)
        with folder.locked():
            for pull in records.pull_requests(folder):
                if pull.head == draft.head and pull.state is PullRequestState.OPEN:
                    return pull
            require_ahead(folder.bare, folder.full_name, head=draft.head, base=draft.base)
            page = pages.pull_request_page(draft, self.agent_login(), self._clock.now())
            return records.pull_request(folder, folder.add_page(PULLS, page))

    def update_pull_request(self, repository: RepositoryRef, number: int, title: str, body: str) -> None:
        """In any state, as on other forges."""
        folder = self._catalog.find(repository)
        with folder.locked():
            _, stored = records.pull_request_and_page(folder, number)
            records.save(folder, stored, self._clock.now(), {"title": title}, body)

    def mark_ready(self, repository: RepositoryRef, number: int) -> None:
        """Nothing happens to one that is ready."""
        folder = self._catalog.find(repository)
        with folder.locked():
            pull, stored = records.pull_request_and_page(folder, number)
            if pull.draft:
                records.save(folder, stored, self._clock.now(), {"draft": False})

    def close_pull_request(self, repository: RepositoryRef, number: int) -> None:
        """Nothing happens to one that is closed or merged."""
        folder = self._catalog.find(repository)
        with folder.locked():
            pull, stored = records.pull_request_and_page(folder, number)
            if pull.state is PullRequestState.OPEN:
                records.save(folder, stored, self._clock.now(), {"state": PullRequestState.CLOSED.value})

    def reply_to_review(self, repository: RepositoryRef, number: int, comment_id: int, marker: str, body: str) -> None:
        """`InvalidInput` where the marker is not in the text."""
        _require_marker(marker, body)
        folder = self._catalog.find(repository)
        author = self.agent_login()
        with folder.locked():
            there = [comment for review in records.reviews(folder, number, author) for comment in review.comments]
            root = _review_comment(folder, there, number, comment_id)
            if any(_answers(comment, comment_id, author) and marker in comment.body for comment in there):
                return
            remark = Remark(root.path, root.line, body)
            now = self._clock.now()
            page = review_page(author, ReviewState.COMMENTED, "", [remark], now, in_reply_to=comment_id)
            folder.add_review(number, author, page)

    def delete_branch(self, repository: RepositoryRef, branch: str) -> None:
        """`PermissionRefused` for the default branch."""
        folder = self._catalog.find(repository)
        name = f"{folder.full_name}.git"
        if branch == default_branch(folder.bare, name):
            message = f"{branch!r} is the default branch of {folder.full_name}: it is not deleted"
            raise PermissionRefused(message)
        with folder.locked():
            delete_branch(folder.bare, name, branch)

    def add_labels(self, issue: IssueKey, labels: frozenset[str]) -> None:
        """A label exists here by being set."""
        self._change_labels(issue, lambda present: (*present, *sorted(labels - set(present))))

    def remove_label(self, issue: IssueKey, label: str) -> None:
        """The other labels keep their order."""
        self._change_labels(issue, lambda present: tuple(name for name in present if name != label))

    def upsert_comment(self, issue: IssueKey, marker: str, body: str) -> Comment:
        """`InvalidInput` where the marker is not in the text."""
        _require_marker(marker, body)
        folder = self._catalog.find(issue.repository)
        author = self.agent_login()
        with folder.locked():
            for comment, stored in records.comments(folder, issue.number, author):
                if same_login(comment.author, author) and marker in comment.body:
                    records.save(folder, stored, self._clock.now(), {}, body)
                    return records.comment(folder, issue.number, comment.id, author)
            page = pages.comment_page(author, body, self._clock.now())
            return records.comment(folder, issue.number, folder.add_comment(issue.number, author, page), author)

    def react(self, issue: IssueKey, reaction: Reaction, comment_id: int | None) -> None:
        """A reaction is no update: `updated_at` stays."""
        folder = self._catalog.find(issue.repository)
        login = self.agent_login()
        with folder.locked():
            stored = records.page(folder, issue, comment_id)
            page = folder.understood(stored, lambda stored: pages.with_reaction(stored.value, reaction, login))
            if page != stored.value:
                folder.write(stored.path, page)

    def _change_labels(self, issue: IssueKey, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> None:
        folder = self._catalog.find(issue.repository)
        with folder.locked():
            stored = records.page(folder, issue)
            facts, now = stored.value.facts, self._clock.now()
            wanted = change(facts.strings("labels"))
            records.save(folder, stored, now, with_history(facts, "labels", wanted, self.agent_login(), now))


def _require_marker(marker: str, body: str) -> None:
    if not marker or marker not in body:
        message = f"the marker {marker!r} must be in the comment's text"
        raise InvalidInput(message)


def _review_comment(
    folder: RepositoryFolder, there: list[ReviewComment], number: int, comment_id: int
) -> ReviewComment:
    for comment in there:
        if comment.id == comment_id:
            return comment
    message = f"{folder.full_name}#{number} has no review comment {comment_id}"
    raise NotFound(message)


def _answers(comment: ReviewComment, comment_id: int, author: str) -> bool:
    return comment.in_reply_to == comment_id and same_login(comment.author, author)
