"""What the stand-in knows, and what people do there."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pygit2

from tests.fakes.ticking_clock import TickingClock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

BOT = "[bot]"


@dataclass
class Comment:
    """A comment, or a review's comment (it has a `path`)."""

    id: int
    author: str
    body: str
    created_at: datetime
    updated_at: datetime
    edited_at: datetime | None = None
    reactions: set[tuple[str, str]] = field(default_factory=set)
    path: str = ""
    line: int | None = None
    review_id: int | None = None
    in_reply_to: int | None = None


@dataclass
class Review:
    """A submitted review."""

    id: int
    author: str
    state: str
    body: str
    submitted_at: datetime


@dataclass
class Event:
    """Something that happened to an issue; `about` is a label or a login."""

    id: int
    event: str
    actor: str
    about: str
    at: datetime


@dataclass
class Thread:
    """An issue, or a pull request (it has a `head`)."""

    number: int
    title: str
    body: str
    author: str
    created_at: datetime
    updated_at: datetime
    edited_at: datetime | None = None
    renamed_at: datetime | None = None
    state: str = "open"
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    reactions: set[tuple[str, str]] = field(default_factory=set)
    head: str = ""
    base: str = ""
    fork: bool = False
    draft: bool = False
    merged_at: datetime | None = None
    reviews: list[Review] = field(default_factory=list)
    review_comments: list[Comment] = field(default_factory=list)


@dataclass
class Repository:
    """A private repository; its bare one lies at `bare`."""

    id: int
    full_name: str
    bare: Path
    default_branch: str = "main"
    roles: dict[str, tuple[str, str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    threads: dict[int, Thread] = field(default_factory=dict)
    archived: bool = False
    has_issues: bool = True

    @property
    def owner(self) -> str:
        return self.full_name.split("/")[0]

    @property
    def name(self) -> str:
        return self.full_name.split("/")[1]

    def branches(self) -> dict[str, str]:
        """Each branch's commit."""
        git = pygit2.Repository(str(self.bare))
        try:
            return {name: str(git.branches.local[name].target) for name in git.branches.local}
        finally:
            git.free()

    def commits_ahead(self, head: str, base: str) -> int:
        git = pygit2.Repository(str(self.bare))
        try:
            return git.ahead_behind(git.branches.local[head].target, git.branches.local[base].target)[0]
        finally:
            git.free()


class World:
    """Everything, under one lock; the bare repositories lie below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = TickingClock()
        self.lock = threading.RLock()
        self.repositories: dict[int, Repository] = {}
        self.former_names: dict[str, int] = {}
        self._ids = itertools.count(1001)

    def new_id(self) -> int:
        return next(self._ids)

    def now(self) -> datetime:
        return self.clock.now()

    # -- Finding -----------------------------------------------------------------------------------

    def named(self, full_name: str) -> Repository | None:
        """The repository that has this name now."""
        wanted = full_name.casefold()
        return next((each for each in self.repositories.values() if each.full_name.casefold() == wanted), None)

    def thread(self, repository_id: int, number: int) -> Thread:
        return self.repositories[repository_id].threads[number]

    # -- What people do ----------------------------------------------------------------------------

    def create_repository(self, full_name: str, files: dict[str, str]) -> Repository:
        """A repository with one commit on `main`."""
        with self.lock:
            id_ = self.new_id()
            bare = self.root / f"{id_}.git"
            git = pygit2.init_repository(str(bare), bare=True, initial_head="main")
            index = pygit2.Index()
            for path, text in files.items():
                index.add(pygit2.IndexEntry(path, git.create_blob(text.encode()), pygit2.enums.FileMode.BLOB))
            who = pygit2.Signature("sam", "sam@example.org", 1_750_000_000, 0)
            git.create_commit("refs/heads/main", who, who, "Initial commit\n", index.write_tree(git), [])
            git.free()
            self.repositories[id_] = Repository(id_, full_name, bare)
            return self.repositories[id_]

    def rename(self, repository_id: int, full_name: str) -> None:
        with self.lock:
            repository = self.repositories[repository_id]
            self.former_names[repository.full_name.casefold()] = repository_id
            repository.full_name = full_name

    def grant(self, repository_id: int, login: str, permission: str, role: str = "") -> None:
        """`permission` is GitHub's old word for it, `role` the present one."""
        self.repositories[repository_id].roles[login.casefold()] = (permission, role or permission)

    def create_issue(
        self, repository_id: int, author: str, title: str, body: str = "", labels: Iterable[str] = ()
    ) -> Thread:
        with self.lock:
            thread = self._add(repository_id, author, title, body)
            self.set_labels(repository_id, thread.number, labels, author)
            return thread

    def create_pull_request(
        self, repository_id: int, author: str, title: str, body: str, *, head: str, base: str, draft: bool
    ) -> Thread:
        with self.lock:
            thread = self._add(repository_id, author, title, body)
            thread.head, thread.base, thread.draft = head, base, draft
            return thread

    def edit_thread(self, repository_id: int, number: int, title: str, body: str) -> None:
        with self.lock:
            thread = self.thread(repository_id, number)
            now = self.now()
            if thread.title != title:
                thread.title, thread.renamed_at, thread.updated_at = title, now, now
            if thread.body != body:
                thread.body, thread.edited_at, thread.updated_at = body, now, now

    def set_labels(self, repository_id: int, number: int, labels: Iterable[str], by: str) -> None:
        with self.lock:
            repository, thread = self.repositories[repository_id], self.thread(repository_id, number)
            wanted = list(dict.fromkeys(labels))
            for label in wanted:
                repository.labels.setdefault(label.casefold(), label)
            added = [label for label in wanted if label not in thread.labels]
            removed = [label for label in thread.labels if label not in wanted]
            for word, label in [("labeled", each) for each in added] + [("unlabeled", each) for each in removed]:
                self._happened(thread, word, by, label)
            thread.labels = wanted

    def set_assignees(self, repository_id: int, number: int, assignees: Iterable[str], by: str) -> None:
        with self.lock:
            thread = self.thread(repository_id, number)
            wanted = list(assignees)
            added = [login for login in wanted if login not in thread.assignees]
            removed = [login for login in thread.assignees if login not in wanted]
            for word, login in [("assigned", each) for each in added] + [("unassigned", each) for each in removed]:
                self._happened(thread, word, by, login)
            thread.assignees = wanted

    def close(self, repository_id: int, number: int) -> None:
        with self.lock:
            thread = self.thread(repository_id, number)
            thread.state, thread.updated_at = "closed", self.now()

    def merge(self, repository_id: int, number: int) -> None:
        with self.lock:
            thread = self.thread(repository_id, number)
            thread.state = "closed"
            thread.merged_at = thread.updated_at = self.now()

    def add_comment(self, repository_id: int, number: int, author: str, body: str) -> Comment:
        with self.lock:
            thread, now = self.thread(repository_id, number), self.now()
            comment = Comment(self.new_id(), author, body, now, now)
            thread.comments.append(comment)
            thread.updated_at = now
            return comment

    def edit_comment(self, repository_id: int, comment_id: int, body: str) -> None:
        with self.lock:
            _, comment = self.comment(repository_id, comment_id)
            if comment.body != body:
                comment.body = body
                comment.edited_at = comment.updated_at = self.now()

    def comment(self, repository_id: int, comment_id: int) -> tuple[Thread, Comment]:
        """Raises `KeyError` where there is none."""
        for thread in self.repositories[repository_id].threads.values():
            for comment in thread.comments:
                if comment.id == comment_id:
                    return thread, comment
        raise KeyError(comment_id)

    def add_review(
        self,
        repository_id: int,
        number: int,
        author: str,
        state: str,
        body: str = "",
        comments: Iterable[tuple[str, int | None, str]] = (),
        in_reply_to: int | None = None,
    ) -> Review:
        with self.lock:
            thread, now = self.thread(repository_id, number), self.now()
            review = Review(self.new_id(), author, state, body, now)
            thread.reviews.append(review)
            thread.review_comments += [
                Comment(
                    self.new_id(),
                    author,
                    text,
                    now,
                    now,
                    path=path,
                    line=line,
                    review_id=review.id,
                    in_reply_to=in_reply_to,
                )
                for path, line, text in comments
            ]
            return review

    def delete_branch(self, repository_id: int, branch: str) -> None:
        """Its open pull requests are closed."""
        with self.lock:
            repository = self.repositories[repository_id]
            git = pygit2.Repository(str(repository.bare))
            git.references.delete(f"refs/heads/{branch}")
            git.free()
            for thread in repository.threads.values():
                if thread.head == branch and thread.state == "open":
                    self.close(repository_id, thread.number)

    # -- Inside ------------------------------------------------------------------------------------

    def _add(self, repository_id: int, author: str, title: str, body: str) -> Thread:
        repository, now = self.repositories[repository_id], self.now()
        number = len(repository.threads) + 1
        repository.threads[number] = Thread(number, title, body, author, now, now)
        return repository.threads[number]

    def _happened(self, thread: Thread, event: str, by: str, about: str) -> None:
        now = self.now()
        thread.events.append(Event(self.new_id(), event, by, about, now))
        thread.updated_at = now
