"""What the contract suite of the forge needs of an adapter besides the port: what people do there, and see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pygit2

from adapters.github.forge import AppAccount, GitHubForge
from adapters.local_forge.admin import LocalForgeAdmin
from adapters.local_forge.forge import LocalForge
from adapters.system_clock.clock import SystemClock
from domain.issue import Comment, IssueKey, PullRequestDraft, Review, ReviewComment
from domain.repository import Permission, RepositoryRef
from domain.secret import Secret
from tests.fakes.forge import FakeForge
from tests.fakes.ticking_clock import TickingClock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from application.ports.forge import Forge
    from domain.issue import ReviewState
    from tests.support.github_double.server import GitHubDouble
    from tests.support.github_double.world import Thread

MARKER = "<!-- coding-agent:status:abc -->"
BRANCH = "coding-agent/1-0123abcd"
DRAFT = PullRequestDraft("Fix the total", "It was off by one.", BRANCH, "main", draft=True)


class ForgeScene(Protocol):
    """An empty forge and the people on it; `forge` is seen by the agent's account."""

    @property
    def forge(self) -> Forge: ...

    def create_repository(self, full_name: str = "acme/shop") -> RepositoryRef:
        """A repository with one commit on its default branch `main`."""

    def rename_repository(self, repository: RepositoryRef, full_name: str) -> None: ...

    def create_branch(self, repository: RepositoryRef, branch: str, *, commits: int = 1) -> None:
        """A branch with so many commits on top of `main`."""

    def grant(self, repository: RepositoryRef, login: str, permission: Permission) -> None: ...

    def create_issue(
        self, repository: RepositoryRef, *, author: str, title: str, body: str = "", labels: Iterable[str] = ()
    ) -> IssueKey: ...

    def set_labels(self, issue: IssueKey, labels: Iterable[str], *, by: str) -> None:
        """Replace the labels."""

    def assign(self, issue: IssueKey, login: str, *, by: str = "maria") -> None: ...

    def unassign(self, issue: IssueKey, login: str, *, by: str = "maria") -> None: ...

    def edit_issue(self, issue: IssueKey, *, title: str, body: str) -> None: ...

    def close_issue(self, issue: IssueKey) -> None: ...

    def add_comment(self, issue: IssueKey, *, author: str, body: str) -> Comment: ...

    def edit_comment(self, issue: IssueKey, comment_id: int, body: str) -> None: ...

    def add_review(
        self,
        repository: RepositoryRef,
        number: int,
        *,
        author: str,
        state: ReviewState,
        body: str = "",
        comments: Iterable[tuple[str, int | None, str]] = (),
    ) -> Review:
        """Submit a review; each comment is a path, a line and a text."""

    def merge(self, repository: RepositoryRef, number: int) -> None: ...

    def branches(self, repository: RepositoryRef) -> set[str]: ...

    def reactions(self, issue: IssueKey, comment_id: int | None = None) -> list[tuple[str, str]]:
        """Pairs of reaction and login."""


class FakeScene(FakeForge):
    """The fake is a scene of its own."""

    def __init__(self) -> None:
        super().__init__(TickingClock())

    @property
    def forge(self) -> Forge:
        return self


class LocalScene:
    """A local forge, and its admin."""

    def __init__(self, folder: Path) -> None:
        clock = TickingClock()
        self.root = folder / "forge"
        self._seed = folder / "seed"
        self._seed.mkdir()
        (self._seed / "README.md").write_text("A shop.\n")
        self.admin = LocalForgeAdmin(self.root, clock)
        self.forge = LocalForge(self.root, clock)

    def create_repository(self, full_name: str = "acme/shop") -> RepositoryRef:
        return self.admin.create_repository(full_name, self._seed)

    def rename_repository(self, repository: RepositoryRef, full_name: str) -> None:
        old, new = self.root / repository.full_name, self.root / full_name
        new.parent.mkdir(exist_ok=True)
        old.rename(new)
        old.with_name(f"{old.name}.git").rename(new.with_name(f"{new.name}.git"))

    def create_branch(self, repository: RepositoryRef, branch: str, *, commits: int = 1) -> None:
        create_branch(self.root / f"{repository.full_name}.git", branch, commits)

    def grant(self, repository: RepositoryRef, login: str, permission: Permission) -> None:
        self.admin.grant(login, permission, repository)

    def create_issue(
        self, repository: RepositoryRef, *, author: str, title: str, body: str = "", labels: Iterable[str] = ()
    ) -> IssueKey:
        return self.admin.create_issue(repository, author=author, title=title, body=body, labels=labels)

    def set_labels(self, issue: IssueKey, labels: Iterable[str], *, by: str) -> None:
        self.admin.set_labels(issue, labels, by=by)

    def assign(self, issue: IssueKey, login: str, *, by: str = "maria") -> None:
        self.admin.assign(issue, login, by=by)

    def unassign(self, issue: IssueKey, login: str, *, by: str = "maria") -> None:
        self.admin.unassign(issue, login, by=by)

    def edit_issue(self, issue: IssueKey, *, title: str, body: str) -> None:
        self.admin.edit_issue(issue, title=title, body=body)

    def close_issue(self, issue: IssueKey) -> None:
        self.admin.close_issue(issue)

    def add_comment(self, issue: IssueKey, *, author: str, body: str) -> Comment:
        return self.admin.add_comment(issue, author=author, body=body)

    def edit_comment(self, issue: IssueKey, comment_id: int, body: str) -> None:
        self.admin.edit_comment(issue, comment_id, body)

    def add_review(
        self,
        repository: RepositoryRef,
        number: int,
        *,
        author: str,
        state: ReviewState,
        body: str = "",
        comments: Iterable[tuple[str, int | None, str]] = (),
    ) -> Review:
        return self.admin.add_review(repository, number, author=author, state=state, body=body, remarks=comments)

    def branches(self, repository: RepositoryRef) -> set[str]:
        git = pygit2.Repository(str(self.root / f"{repository.full_name}.git"))
        return set(git.branches.local)

    def merge(self, repository: RepositoryRef, number: int) -> None:
        self.admin.mark_merged(repository, number)

    def reactions(self, issue: IssueKey, comment_id: int | None = None) -> list[tuple[str, str]]:
        people = self.admin.reactions(issue, comment_id)
        return [(reaction, login) for reaction, logins in people.items() for login in logins]


class GitHubScene:
    """The adapter as an App, and the stand-in's world."""

    def __init__(self, github: GitHubDouble) -> None:
        self.github = github
        self.world = github.world
        account = AppAccount(github.access.app.id, Secret(github.access.app.private_key))
        self.forge = GitHubForge(account, SystemClock(), base_url=github.url, pauses=(0.0, 0.0))

    def create_repository(self, full_name: str = "acme/shop") -> RepositoryRef:
        made = self.world.create_repository(full_name, {"README.md": "A shop.\n"})
        self.github.access.app.install(made.id)
        return RepositoryRef("github", made.id, full_name)

    def rename_repository(self, repository: RepositoryRef, full_name: str) -> None:
        self.world.rename(repository.id, full_name)

    def create_branch(self, repository: RepositoryRef, branch: str, *, commits: int = 1) -> None:
        create_branch(self.world.repositories[repository.id].bare, branch, commits)

    def grant(self, repository: RepositoryRef, login: str, permission: Permission) -> None:
        old_word = {Permission.MAINTAIN: "write", Permission.TRIAGE: "read"}.get(permission, permission.name.lower())
        self.world.grant(repository.id, login, old_word, permission.name.lower())

    def create_issue(
        self, repository: RepositoryRef, *, author: str, title: str, body: str = "", labels: Iterable[str] = ()
    ) -> IssueKey:
        return IssueKey(repository, self.world.create_issue(repository.id, author, title, body, labels).number)

    def set_labels(self, issue: IssueKey, labels: Iterable[str], *, by: str) -> None:
        self.world.set_labels(issue.repository.id, issue.number, labels, by)

    def assign(self, issue: IssueKey, login: str, *, by: str = "maria") -> None:
        assignees = [*self._thread(issue).assignees, login]
        self.world.set_assignees(issue.repository.id, issue.number, assignees, by)

    def unassign(self, issue: IssueKey, login: str, *, by: str = "maria") -> None:
        assignees = [each for each in self._thread(issue).assignees if each != login]
        self.world.set_assignees(issue.repository.id, issue.number, assignees, by)

    def edit_issue(self, issue: IssueKey, *, title: str, body: str) -> None:
        self.world.edit_thread(issue.repository.id, issue.number, title, body)

    def close_issue(self, issue: IssueKey) -> None:
        self.world.close(issue.repository.id, issue.number)

    def add_comment(self, issue: IssueKey, *, author: str, body: str) -> Comment:
        made = self.world.add_comment(issue.repository.id, issue.number, author, body)
        return Comment(made.id, author, body, made.created_at, made.updated_at)

    def edit_comment(self, issue: IssueKey, comment_id: int, body: str) -> None:
        self.world.edit_comment(issue.repository.id, comment_id, body)

    def add_review(
        self,
        repository: RepositoryRef,
        number: int,
        *,
        author: str,
        state: ReviewState,
        body: str = "",
        comments: Iterable[tuple[str, int | None, str]] = (),
    ) -> Review:
        made = self.world.add_review(repository.id, number, author, state.value.upper(), body, comments)
        written = self.world.thread(repository.id, number).review_comments
        own = [each for each in written if each.review_id == made.id]
        remarks = tuple(
            ReviewComment(each.id, author, each.path, each.line, each.body, each.created_at) for each in own
        )
        return Review(
            made.id,
            author,
            author_is_bot=False,
            state=state,
            body=body,
            submitted_at=made.submitted_at,
            comments=remarks,
        )

    def branches(self, repository: RepositoryRef) -> set[str]:
        return set(self.world.repositories[repository.id].branches())

    def merge(self, repository: RepositoryRef, number: int) -> None:
        self.world.merge(repository.id, number)

    def reactions(self, issue: IssueKey, comment_id: int | None = None) -> list[tuple[str, str]]:
        if comment_id is None:
            return sorted(self._thread(issue).reactions)
        return sorted(self.world.comment(issue.repository.id, comment_id)[1].reactions)

    def _thread(self, issue: IssueKey) -> Thread:
        return self.world.thread(issue.repository.id, issue.number)


def create_branch(bare: Path, branch: str, commits: int = 1, *, base: str = "main") -> None:
    """A branch with so many empty commits on top of another."""
    repository = pygit2.Repository(str(bare))
    tip = repository.references[f"refs/heads/{base}"].peel(pygit2.Commit)
    repository.references.create(f"refs/heads/{branch}", tip.id)
    who = pygit2.Signature("sam", "sam@example.org", 1_750_000_000, 0)
    parent = tip.id
    for number in range(commits):
        message = f"Change {number} on {branch}\n"
        parent = repository.create_commit(f"refs/heads/{branch}", who, who, message, tip.tree_id, [parent])
    repository.free()
