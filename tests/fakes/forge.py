"""A forge in memory: tests arrange what people did, look at what the agent did, and let any call fail."""

from __future__ import annotations

import itertools
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from application.ports.forge import Forge
from domain.errors import InvalidInput, NotFound
from domain.issue import Comment, Issue, IssueKey, IssueState, PullRequest, PullRequestState
from domain.repository import GitSource, Permission, Repository, RepositoryRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from application.ports.clock import Clock
    from domain.issue import PullRequestDraft, Reaction

AGENT = "coding-agent[bot]"


@dataclass
class FakeThread:
    """An issue, or a pull request (it has a `head`): its facts as they are now, its comments, who reacted to what."""

    title: str
    body: str
    author: str
    updated_at: datetime
    state: PullRequestState = PullRequestState.OPEN
    labels: set[str] = field(default_factory=set)
    assignees: set[str] = field(default_factory=set)
    comments: list[Comment] = field(default_factory=list)
    reactions: set[tuple[int | None, Reaction, str]] = field(default_factory=set)
    head: str = ""
    base: str = ""
    draft: bool = False


@dataclass
class FakeRepository:
    """A repository; `branches` says how many commits each is ahead of the default branch."""

    ref: RepositoryRef
    default_branch: str
    location: str
    branches: dict[str, int]
    permissions: dict[str, Permission] = field(default_factory=dict)
    threads: dict[int, FakeThread] = field(default_factory=dict)


@dataclass(frozen=True)
class _Failure:
    method: str
    error: BaseException
    call: int
    after: bool


class FakeForge(Forge):
    """`calls` names the port's methods in the order in which they were called, refused calls included."""

    def __init__(self, clock: Clock, *, name: str = "local", agent: str = AGENT) -> None:
        self._clock = clock
        self._name = name
        self._agent = agent
        self._failures: list[_Failure] = []
        self._comment_ids = itertools.count(1001)
        self._repositories: dict[int, FakeRepository] = {}
        self.calls: list[str] = []

    # -- What tests arrange ------------------------------------------------------------------------

    def fail(self, method: str, error: BaseException, *, call: int = 1, after: bool = False) -> None:
        """Let the nth call of a method (counted from 1) raise; with `after`, when its effect has happened already."""
        self._failures.append(_Failure(method, error, call, after))

    def create_repository(
        self, full_name: str = "acme/shop", *, default_branch: str = "main", location: str = ""
    ) -> RepositoryRef:
        ref = RepositoryRef(self._name, len(self._repositories) + 1, full_name)
        where = location or f"/repositories/{full_name}.git"
        self._repositories[ref.id] = FakeRepository(ref, default_branch, where, {default_branch: 0})
        return ref

    def rename_repository(self, repository: RepositoryRef, full_name: str) -> None:
        found = self._find(repository)
        found.ref = replace(found.ref, full_name=full_name)

    def create_branch(self, repository: RepositoryRef, branch: str, *, commits: int = 1) -> None:
        self._find(repository).branches[branch] = commits

    def grant(self, repository: RepositoryRef, login: str, permission: Permission) -> None:
        self._find(repository).permissions[login.casefold()] = permission

    def create_issue(
        self, repository: RepositoryRef, *, author: str, title: str, body: str = "", labels: Iterable[str] = ()
    ) -> IssueKey:
        thread = FakeThread(title, body, author, self._clock.now(), labels=set(labels))
        return IssueKey(repository, _add(self._find(repository), thread))

    def assign(self, issue: IssueKey, login: str) -> None:
        self._changed(issue).assignees.add(login)

    def close_issue(self, issue: IssueKey) -> None:
        self._changed(issue).state = PullRequestState.CLOSED

    def add_comment(self, issue: IssueKey, *, author: str, body: str) -> Comment:
        now = self._clock.now()
        comment = Comment(next(self._comment_ids), author, body, now, now)
        self.thread(issue).comments.append(comment)
        return comment

    def edit_comment(self, issue: IssueKey, comment_id: int, body: str) -> None:
        self._edit(self.thread(issue), comment_id, body)

    def lay_pull_request(
        self,
        repository: RepositoryRef,
        head: str,
        *,
        author: str = "",
        state: PullRequestState = PullRequestState.OPEN,
    ) -> int:
        """A pull request that is there already, by the agent where no author is named; return its number."""
        found = self._find(repository)
        thread = FakeThread("There already", "", author or self._agent, self._clock.now(), state)
        thread.head, thread.base = head, found.default_branch
        return _add(found, thread)

    def merge(self, repository: RepositoryRef, number: int) -> None:
        self._changed(IssueKey(repository, number)).state = PullRequestState.MERGED

    # -- What tests look at ------------------------------------------------------------------------

    def thread(self, issue: IssueKey) -> FakeThread:
        """Everything about an issue or pull request, without a call of the port."""
        found = self._find(issue.repository).threads.get(issue.number)
        if found is None:
            message = f"there is no issue {issue}"
            raise NotFound(message)
        return found

    def pulls(self, repository: RepositoryRef) -> list[PullRequest]:
        """All pull requests, oldest first, without a call of the port."""
        threads = sorted(self._find(repository).threads.items())
        return [_pull_request(repository, number, thread) for number, thread in threads if thread.head]

    def reactions(self, issue: IssueKey, comment_id: int | None = None) -> list[tuple[str, str]]:
        """Pairs of reaction and login."""
        found = self.thread(issue).reactions
        return sorted((reaction.value, login) for target, reaction, login in found if target == comment_id)

    # -- The port ----------------------------------------------------------------------------------

    async def agent_login(self) -> str:
        with self._call("agent_login"):
            return self._agent

    async def repository(self, repository: RepositoryRef) -> Repository:
        with self._call("repository"):
            found = self._find(repository)
            return Repository(found.ref, found.default_branch)

    async def git_source(self, repository: RepositoryRef) -> GitSource:
        with self._call("git_source"):
            return GitSource(self._find(repository).location)

    async def permission(self, repository: RepositoryRef, login: str) -> Permission:
        with self._call("permission"):
            return self._find(repository).permissions.get(login.casefold(), Permission.NONE)

    async def issue(self, issue: IssueKey) -> Issue:
        with self._call("issue"):
            return _issue(issue, self.thread(issue))

    async def comments(self, issue: IssueKey) -> Sequence[Comment]:
        with self._call("comments"):
            return tuple(self.thread(issue).comments)

    async def pull_requests(self, repository: RepositoryRef, head_prefix: str) -> Sequence[PullRequest]:
        with self._call("pull_requests"):
            return tuple(pull for pull in self.pulls(repository) if pull.head.startswith(head_prefix))

    async def open_pull_request(self, repository: RepositoryRef, draft: PullRequestDraft) -> PullRequest:
        with self._call("open_pull_request"):
            for pull in self.pulls(repository):
                if pull.head == draft.head and pull.state is PullRequestState.OPEN:
                    return pull
            found = self._find(repository)
            _require_ahead(found, draft)
            thread = FakeThread(draft.title, draft.body, self._agent, self._clock.now())
            thread.head, thread.base, thread.draft = draft.head, draft.base, draft.draft
            return _pull_request(repository, _add(found, thread), thread)

    async def update_pull_request(self, repository: RepositoryRef, number: int, *, title: str, body: str) -> None:
        with self._call("update_pull_request"):
            thread = self._pull(repository, number)
            if (thread.title, thread.body) != (title, body):
                thread.title, thread.body, thread.updated_at = title, body, self._clock.now()

    async def mark_ready(self, repository: RepositoryRef, number: int) -> None:
        with self._call("mark_ready"):
            self._pull(repository, number).draft = False

    async def close_pull_request(self, repository: RepositoryRef, number: int) -> None:
        with self._call("close_pull_request"):
            thread = self._pull(repository, number)
            if thread.state is PullRequestState.OPEN:
                thread.state = PullRequestState.CLOSED

    async def add_labels(self, issue: IssueKey, labels: frozenset[str]) -> None:
        with self._call("add_labels"):
            if not labels <= self.thread(issue).labels:
                self._changed(issue).labels |= labels

    async def remove_label(self, issue: IssueKey, label: str) -> None:
        with self._call("remove_label"):
            if label in self.thread(issue).labels:
                self._changed(issue).labels.discard(label)

    async def upsert_comment(self, issue: IssueKey, marker: str, body: str) -> Comment:
        with self._call("upsert_comment"):
            if not marker or marker not in body:
                message = f"the marker {marker!r} must be in the comment's text"
                raise InvalidInput(message)
            thread = self.thread(issue)
            for comment in thread.comments:
                if comment.author == self._agent and marker in comment.body:
                    return self._edit(thread, comment.id, body)
            return self.add_comment(issue, author=self._agent, body=body)

    async def react(self, issue: IssueKey, reaction: Reaction, comment_id: int | None = None) -> None:
        with self._call("react"):
            thread = self.thread(issue)
            if comment_id is not None and comment_id not in {comment.id for comment in thread.comments}:
                message = f"{issue} has no comment {comment_id}"
                raise NotFound(message)
            thread.reactions.add((comment_id, reaction, self._agent))

    # -- Inside ------------------------------------------------------------------------------------

    @contextmanager
    def _call(self, method: str) -> Iterator[None]:
        self.calls.append(method)
        call = Counter(self.calls)[method]
        due = [failure for failure in self._failures if (failure.method, failure.call) == (method, call)]
        for failure in due:
            if not failure.after:
                raise failure.error
        yield
        for failure in due:
            raise failure.error

    def _find(self, repository: RepositoryRef) -> FakeRepository:
        found = self._repositories.get(repository.id)
        if found is None:
            message = f"there is no repository {repository}"
            raise NotFound(message)
        return found

    def _changed(self, issue: IssueKey) -> FakeThread:
        thread = self.thread(issue)
        thread.updated_at = self._clock.now()
        return thread

    def _pull(self, repository: RepositoryRef, number: int) -> FakeThread:
        thread = self.thread(IssueKey(repository, number))
        if not thread.head:
            message = f"{repository} has no pull request {number}"
            raise NotFound(message)
        return thread

    def _edit(self, thread: FakeThread, comment_id: int, body: str) -> Comment:
        position = [comment.id for comment in thread.comments].index(comment_id)
        if thread.comments[position].body != body:
            thread.comments[position] = replace(thread.comments[position], body=body, updated_at=self._clock.now())
        return thread.comments[position]


def _add(repository: FakeRepository, thread: FakeThread) -> int:
    number = len(repository.threads) + 1
    repository.threads[number] = thread
    return number


def _require_ahead(repository: FakeRepository, draft: PullRequestDraft) -> None:
    for branch in (draft.head, draft.base):
        if branch not in repository.branches:
            message = f"{repository.ref} has no branch {branch!r}"
            raise NotFound(message)
    if repository.branches[draft.head] <= repository.branches[draft.base]:
        message = f"{draft.head!r} has no commit that {draft.base!r} has not"
        raise InvalidInput(message)


def _issue(key: IssueKey, thread: FakeThread) -> Issue:
    return Issue(
        key=key,
        title=thread.title,
        body=thread.body,
        author=thread.author,
        state=IssueState.OPEN if thread.state is PullRequestState.OPEN else IssueState.CLOSED,
        labels=frozenset(thread.labels),
        assignees=frozenset(thread.assignees),
        updated_at=thread.updated_at,
    )


def _pull_request(repository: RepositoryRef, number: int, thread: FakeThread) -> PullRequest:
    return PullRequest(
        number=number,
        title=thread.title,
        body=thread.body,
        head=thread.head,
        base=thread.base,
        draft=thread.draft,
        state=thread.state,
        author=thread.author,
        labels=frozenset(thread.labels),
        url=f"https://forge.example/{repository}/pull/{number}",
    )
