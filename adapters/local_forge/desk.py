"""What the agent's account does in the folder, as plain blocking calls; `LocalForge` moves them off the event loop.

What each method promises is said once, in the port `Forge`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.local_forge import pages, records
from adapters.local_forge.branches import default_branch, require_ahead
from adapters.local_forge.repository_folder import PULLS
from adapters.local_forge.roster import same_login
from domain.errors import InvalidInput
from domain.issue import PullRequestState
from domain.repository import GitSource, Repository, RepositoryRef

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.local_forge.catalog import Catalog
    from application.ports.clock import Clock
    from domain.issue import Comment, Issue, IssueKey, PullRequest, PullRequestDraft, Reaction
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
        folder = self._catalog.find(repository)
        ref = RepositoryRef(self._forge_name, folder.id(), folder.full_name)
        return Repository(ref, default_branch(folder.bare, f"{folder.full_name}.git"))

    def git_source(self, repository: RepositoryRef) -> GitSource:
        """The path of the bare repository."""
        return GitSource(str(self._catalog.find(repository).bare))

    def permission(self, repository: RepositoryRef, login: str) -> Permission:
        """From the repository's own list, or the forge's."""
        return self._catalog.permission(self._catalog.find(repository), login)

    def issue(self, issue: IssueKey) -> Issue:
        """A pull request's number gives the pull request, seen as an issue."""
        return records.issue(self._catalog.find(issue.repository), issue)

    def comments(self, issue: IssueKey) -> list[Comment]:
        """In the order of their numbers."""
        return [comment for comment, _ in records.comments(self._catalog.find(issue.repository), issue.number)]

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

    def add_labels(self, issue: IssueKey, labels: frozenset[str]) -> None:
        """A label exists here by being set."""
        self._change_labels(issue, lambda present: (*present, *sorted(labels - set(present))))

    def remove_label(self, issue: IssueKey, label: str) -> None:
        """The other labels keep their order."""
        self._change_labels(issue, lambda present: tuple(name for name in present if name != label))

    def upsert_comment(self, issue: IssueKey, marker: str, body: str) -> Comment:
        """`InvalidInput` where the marker is not in the text."""
        if not marker or marker not in body:
            message = f"the marker {marker!r} must be in the comment's text"
            raise InvalidInput(message)
        folder = self._catalog.find(issue.repository)
        author = self.agent_login()
        with folder.locked():
            for comment, stored in records.comments(folder, issue.number):
                if same_login(comment.author, author) and marker in comment.body:
                    records.save(folder, stored, self._clock.now(), {}, body)
                    return records.comment(folder, issue.number, comment.id)
            page = pages.comment_page(author, body, self._clock.now())
            return records.comment(folder, issue.number, folder.add_comment(issue.number, author, page))

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
            wanted = change(stored.value.facts.strings("labels"))
            records.save(folder, stored, self._clock.now(), {"labels": wanted})
