"""The people's side of the local forge: what they do on a real one with its web pages, for the demo and the tests."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adapters.local_forge import pages, records
from adapters.local_forge.catalog import Catalog
from adapters.local_forge.errors import translated
from adapters.local_forge.flat_toml import parse_flat_toml
from adapters.local_forge.history import with_history
from adapters.local_forge.repository_folder import ISSUES
from adapters.local_forge.reviews import Remark, review_page
from adapters.local_forge.roster import with_permission
from adapters.local_forge.seed import seed_bare_repository
from adapters.local_forge.storage import Storage
from domain.errors import InvalidInput, NotFound
from domain.issue import IssueKey, IssueState, PullRequestState, ReviewState
from domain.repository import RepositoryRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from adapters.local_forge.repository_folder import RepositoryFolder
    from adapters.local_forge.toml_values import Value
    from application.ports.clock import Clock
    from domain.issue import Comment, Review
    from domain.repository import Permission

_LOCK_TIMEOUT_S = 10.0


class LocalForgeAdmin:
    """Repositories, people, their issues and comments. Blocking calls that raise the domain's errors.

    The folder `root` is made when something is first put into it.
    """

    def __init__(self, root: Path, clock: Clock, *, name: str = "local") -> None:
        self._storage = Storage(root.absolute(), _LOCK_TIMEOUT_S)
        self._catalog = Catalog(self._storage)
        self._clock = clock
        self._name = name

    # -- The forge and its repositories ------------------------------------------------------------

    def set_agent_login(self, login: str) -> None:
        """Say which account is the agent's."""
        with self._root_locked(), translated("forge.toml"):
            self._catalog.write_facts(self._catalog.facts().updated({"agent": login}))

    def grant(self, login: str, permission: Permission, repository: RepositoryRef | None = None) -> None:
        """Let a person do this much, in one repository or in all; it replaces what they were granted there before."""
        if repository is None:
            with self._root_locked(), translated("forge.toml"):
                self._catalog.write_facts(with_permission(self._catalog.facts(), login, permission))
            return
        folder = self._catalog.find(repository)
        with folder.locked(), translated(f"{folder.full_name}/repository.toml"):
            folder.write_facts(with_permission(folder.facts(), login, permission))

    def create_repository(self, full_name: str, files: Path, *, default_branch: str = "main") -> RepositoryRef:
        """A repository whose first commit holds the files of a folder."""
        owner, _, _ = full_name.partition("/")
        now = self._clock.now()
        _require_folder(files)
        return self._create(
            full_name, lambda bare: seed_bare_repository(bare, files, branch=default_branch, author=owner, at=now)
        )

    def import_repository(self, full_name: str, bare: Path) -> RepositoryRef:
        """A repository that is a copy of a bare one on disk."""
        _require_folder(bare)
        if not (bare / "HEAD").is_file() or not (bare / "objects").is_dir():
            message = f"{bare} is no bare repository; make one of it: git clone --bare {bare} COPY.git"
            raise InvalidInput(message)
        return self._create(full_name, lambda target: shutil.copytree(bare, target, symlinks=True))

    def repository(self, full_name: str) -> RepositoryRef:
        """The reference to a repository by its name."""
        folder = self._catalog.folder(RepositoryRef(self._name, 0, full_name).full_name)
        return RepositoryRef(self._name, folder.id(), full_name)

    def repositories(self) -> list[RepositoryRef]:
        """All repositories, by name."""
        return [RepositoryRef(self._name, folder.id(), folder.full_name) for folder in self._catalog.repositories()]

    # -- Issues, comments, pull requests -----------------------------------------------------------

    def create_issue(
        self,
        repository: RepositoryRef,
        *,
        author: str,
        title: str,
        body: str = "",
        labels: Iterable[str] = (),
    ) -> IssueKey:
        """Open an issue under the next number."""
        folder = self._catalog.find(repository)
        page = pages.issue_page(title, body, author, labels, self._clock.now())
        with folder.locked():
            return IssueKey(repository, folder.add_page(ISSUES, page))

    def edit_issue(self, issue: IssueKey, *, title: str, body: str) -> None:
        """Give an issue or pull request another title and text."""
        self._change(issue, {"title": title}, body)

    def set_labels(self, issue: IssueKey, labels: Iterable[str], *, by: str) -> None:
        """Replace the labels."""
        self._replace(issue, "labels", lambda _: labels, by)

    def add_label(self, issue: IssueKey, label: str, *, by: str) -> None:
        """Set one label more."""
        self._replace(issue, "labels", lambda present: {*present, label}, by)

    def remove_label(self, issue: IssueKey, label: str, *, by: str) -> None:
        """Take one label off, if it is set."""
        self._replace(issue, "labels", lambda present: set(present) - {label}, by)

    def assign(self, issue: IssueKey, login: str, *, by: str) -> None:
        """Assign one person more."""
        self._replace(issue, "assignees", lambda present: {*present, login}, by)

    def unassign(self, issue: IssueKey, login: str, *, by: str) -> None:
        """Unassign a person, if assigned."""
        self._replace(issue, "assignees", lambda present: set(present) - {login}, by)

    def close_issue(self, issue: IssueKey) -> None:
        """Close an issue or pull request."""
        self._change(issue, {"state": IssueState.CLOSED.value})

    def reopen_issue(self, issue: IssueKey) -> None:
        """Open it again."""
        self._change(issue, {"state": IssueState.OPEN.value})

    def mark_merged(self, repository: RepositoryRef, number: int) -> None:
        """Say that a pull request is merged; its branches stay where they are."""
        folder = self._catalog.find(repository)
        with folder.locked():
            _, stored = records.pull_request_and_page(folder, number)
            records.save(folder, stored, self._clock.now(), {"state": PullRequestState.MERGED.value})

    def add_comment(self, issue: IssueKey, *, author: str, body: str) -> Comment:
        """Comment on an issue or pull request."""
        folder = self._catalog.find(issue.repository)
        page = pages.comment_page(author, body, self._clock.now())
        with folder.locked():
            made = folder.add_comment(issue.number, author, page)
            return records.comment(folder, issue.number, made, self._catalog.agent_login())

    def edit_comment(self, issue: IssueKey, comment_id: int, body: str) -> None:
        """Give a comment another text."""
        folder = self._catalog.find(issue.repository)
        with folder.locked():
            stored = records.page(folder, issue, comment_id)
            records.save(folder, stored, self._clock.now(), {}, body)

    def add_review(
        self,
        repository: RepositoryRef,
        number: int,
        *,
        author: str,
        state: ReviewState = ReviewState.COMMENTED,
        body: str = "",
        remarks: Iterable[tuple[str, int | None, str]] = (),
    ) -> Review:
        """Review a pull request; each remark is a path, a line of it (None: the file) and a text."""
        folder = self._catalog.find(repository)
        page = review_page(author, state, body, [Remark(*remark) for remark in remarks], self._clock.now())
        with folder.locked():
            made = folder.add_review(number, author, page)
            found = records.reviews(folder, number, self._catalog.agent_login())
            return next(review for review in found if review.id == made)

    def reactions(self, issue: IssueKey, comment_id: int | None = None) -> Mapping[str, tuple[str, ...]]:
        """Who reacted to an issue or to one of its comments, by reaction."""
        folder = self._catalog.find(issue.repository)
        stored = records.page(folder, issue, comment_id)
        return folder.understood(stored, lambda stored: stored.value.facts.string_lists("reactions"))

    def _replace(self, issue: IssueKey, key: str, change: Callable[[tuple[str, ...]], Iterable[str]], by: str) -> None:
        """Change the labels or the assignees, and note by whom."""
        folder = self._catalog.find(issue.repository)
        with folder.locked():
            stored = records.page(folder, issue)
            facts, now = stored.value.facts, self._clock.now()
            wanted = sorted(change(facts.strings(key)))
            records.save(folder, stored, now, with_history(facts, key, wanted, by, now))

    def _change(self, issue: IssueKey, facts: Mapping[str, Value], body: str | None = None) -> None:
        folder = self._catalog.find(issue.repository)
        with folder.locked():
            records.save(folder, records.page(folder, issue), self._clock.now(), facts, body)

    @contextmanager
    def _root_locked(self) -> Iterator[None]:
        with translated("the folder of the local forge"):
            self._storage.root.mkdir(parents=True, exist_ok=True)
        with self._storage.locked(self._storage.root):
            yield

    # -- Making a repository -----------------------------------------------------------------------

    def _create(self, full_name: str, fill: Callable[[Path], object]) -> RepositoryRef:
        """Facts first, bare repository last and in one step: until that one is there, nothing exists."""
        ref = RepositoryRef(self._name, 0, full_name)
        folder = self._catalog.folder(ref.full_name)
        with self._root_locked():
            self._require_free(folder)
            id_ = 1 + max((each.id() for each in self._catalog.repositories()), default=0)
            folder.write_facts(parse_flat_toml("").updated({"id": id_}))
            with translated(full_name):
                making = folder.data / ".making"
                shutil.rmtree(making, ignore_errors=True)
                fill(making)
                making.rename(folder.bare)
        return RepositoryRef(self._name, id_, full_name)

    def _require_free(self, folder: RepositoryFolder) -> None:
        if folder.full_name.casefold().endswith(".git"):
            message = f"{folder.full_name} cannot be made: what ends in .git is a bare repository's folder"
            raise InvalidInput(message)
        with translated(folder.full_name):
            taken = folder.bare.exists()
        if taken:
            message = f"{folder.full_name} cannot be made: {folder.full_name}.git is there already"
            raise InvalidInput(message)


def _require_folder(path: Path) -> None:
    if not path.is_dir():
        message = f"{path} is not a folder"
        raise NotFound(message)
