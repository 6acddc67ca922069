"""A forge in memory: tests arrange what people did, look at what the agent did, and let any call fail."""

from __future__ import annotations

import itertools
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from application.ports.forge import Forge
from domain.errors import NotFound, PermissionRefused
from domain.issue import (
    AssignmentEvent,
    Comment,
    IssueKey,
    IssueState,
    LabelEvent,
    PullRequestState,
    Review,
    ReviewComment,
    ReviewState,
)
from domain.repository import ForgeAccess, GitSource, Permission, Repository, RepositoryRef
from tests.fakes.forge_state import (
    FakeRepository,
    FakeThread,
    add_thread,
    as_issue,
    as_pull_request,
    require_ahead,
    require_marker,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from application.ports.clock import Clock
    from domain.issue import (
        Issue,
        PullRequest,
        PullRequestDraft,
        Reaction,
    )

AGENT = "coding-agent[bot]"


@dataclass(frozen=True)
class _Failure:
    method: str
    error: BaseException
    call: int
    after: bool


class FakeForge(Forge):
    """`calls` names the port's methods in the order in which they were called, refused calls included.

    `missing` is what `check` says.
    """

    def __init__(self, clock: Clock, *, name: str = "local", agent: str = AGENT) -> None:
        self._clock = clock
        self._name = name
        self._agent = agent
        self._failures: list[_Failure] = []
        self._comment_ids = itertools.count(1001)
        self._repositories: dict[int, FakeRepository] = {}
        self.calls: list[str] = []
        self.missing: tuple[str, ...] = ()

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
        thread = FakeThread(title, body, author, self._clock.now())
        issue = IssueKey(repository, add_thread(self._find(repository), thread))
        self.set_labels(issue, labels, by=author)
        return issue

    def edit_issue(self, issue: IssueKey, *, title: str, body: str) -> None:
        thread = self._changed(issue)
        thread.title, thread.body, thread.edited_at = title, body, thread.updated_at

    def set_labels(self, issue: IssueKey, labels: Iterable[str], *, by: str) -> None:
        """Replace the labels, as a person does."""
        wanted, present = set(labels), self.thread(issue).labels
        if wanted == present:
            return
        thread = self._changed(issue)
        for label in sorted(wanted ^ present):
            event = LabelEvent(label, label in wanted, by, self._is_bot(by), thread.updated_at)
            thread.label_events.append(event)
        thread.labels = wanted

    def assign(self, issue: IssueKey, login: str, *, by: str = "maria") -> None:
        thread = self._changed(issue)
        thread.assignees.add(login)
        thread.assignment_events.append(
            AssignmentEvent(login, added=True, by=by, by_is_bot=self._is_bot(by), at=thread.updated_at)
        )

    def unassign(self, issue: IssueKey, login: str, *, by: str = "maria") -> None:
        thread = self._changed(issue)
        thread.assignees.discard(login)
        thread.assignment_events.append(
            AssignmentEvent(login, added=False, by=by, by_is_bot=self._is_bot(by), at=thread.updated_at)
        )

    def close_issue(self, issue: IssueKey) -> None:
        self._changed(issue).state = PullRequestState.CLOSED

    def add_comment(self, issue: IssueKey, *, author: str, body: str) -> Comment:
        now = self._clock.now()
        comment = Comment(next(self._comment_ids), author, body, now, now, author_is_bot=self._is_bot(author))
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
        draft: bool = False,
    ) -> int:
        """A pull request that is there already, by the agent where no author is named; return its number."""
        found = self._find(repository)
        thread = FakeThread("There already", "", author or self._agent, self._clock.now(), state)
        thread.head, thread.base, thread.draft = head, found.default_branch, draft
        return add_thread(found, thread)

    def create_pull_request(
        self, repository: RepositoryRef, *, author: str, head: str, base: str = "main", title: str = "A change"
    ) -> IssueKey:
        thread = FakeThread(title, "", author, self._clock.now(), head=head, base=base)
        return IssueKey(repository, add_thread(self._find(repository), thread))

    def add_review(
        self,
        repository: RepositoryRef,
        number: int,
        *,
        author: str,
        state: ReviewState = ReviewState.COMMENTED,
        body: str = "",
        comments: Iterable[tuple[str, int | None, str]] = (),
        in_reply_to: int | None = None,
    ) -> Review:
        """Review a pull request; each comment is a path, a line and a text."""
        now = self._clock.now()
        made = tuple(
            ReviewComment(next(self._comment_ids), author, path, line, text, now, in_reply_to=in_reply_to)
            for path, line, text in comments
        )
        review = Review(next(self._comment_ids), author, self._is_bot(author), state, body, now, made)
        self._pull(repository, number).reviews.append(review)
        return review

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

    def branches(self, repository: RepositoryRef) -> set[str]:
        return set(self._find(repository).branches)

    def pulls(self, repository: RepositoryRef) -> list[PullRequest]:
        """All pull requests, oldest first, without a call of the port."""
        threads = sorted(self._find(repository).threads.items())
        return [as_pull_request(repository, number, thread) for number, thread in threads if thread.head]

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

    async def find_repository(self, full_name: str) -> Repository:
        with self._call("find_repository"):
            for found in self._repositories.values():
                if found.ref.full_name.casefold() == full_name.casefold():
                    return Repository(found.ref, found.default_branch)
            message = f"there is no repository {full_name}"
            raise NotFound(message)

    async def git_source(self, repository: RepositoryRef) -> GitSource:
        with self._call("git_source"):
            return GitSource(self._find(repository).location)

    async def permission(self, repository: RepositoryRef, login: str) -> Permission:
        with self._call("permission"):
            return self._find(repository).permissions.get(login.casefold(), Permission.NONE)

    async def check(self, repository: RepositoryRef) -> ForgeAccess:
        with self._call("check"):
            self._find(repository)
            return ForgeAccess(self._agent, tuple(self.missing))

    async def open_issues(self, repository: RepositoryRef, since: datetime | None = None) -> Sequence[Issue]:
        with self._call("open_issues"):
            threads = self._find(repository).threads.items()
            found = [as_issue(IssueKey(repository, number), thread) for number, thread in threads if not thread.head]
            wanted = [each for each in found if each.state is IssueState.OPEN]
            recent = [each for each in wanted if since is None or each.updated_at >= since]
            return tuple(sorted(recent, key=lambda each: (each.updated_at, each.key.number), reverse=True))

    async def label_events(self, issue: IssueKey) -> Sequence[LabelEvent]:
        with self._call("label_events"):
            return tuple(self.thread(issue).label_events)

    async def assignment_events(self, issue: IssueKey) -> Sequence[AssignmentEvent]:
        with self._call("assignment_events"):
            return tuple(self.thread(issue).assignment_events)

    async def reviews(self, repository: RepositoryRef, number: int) -> Sequence[Review]:
        with self._call("reviews"):
            return tuple(self._pull(repository, number).reviews)

    async def reply_to_review(
        self, repository: RepositoryRef, number: int, comment_id: int, marker: str, body: str
    ) -> None:
        with self._call("reply_to_review"):
            require_marker(marker, body)
            there = [comment for review in self._pull(repository, number).reviews for comment in review.comments]
            root = next((comment for comment in there if comment.id == comment_id), None)
            if root is None:
                message = f"{repository}#{number} has no review comment {comment_id}"
                raise NotFound(message)
            answers = [each for each in there if (each.in_reply_to, each.author) == (comment_id, self._agent)]
            if not any(marker in answer.body for answer in answers):
                place = [(root.path, root.line, body)]
                self.add_review(repository, number, author=self._agent, comments=place, in_reply_to=comment_id)

    async def delete_branch(self, repository: RepositoryRef, branch: str) -> None:
        with self._call("delete_branch"):
            found = self._find(repository)
            if branch == found.default_branch:
                message = f"{branch!r} is the default branch of {repository}: it is not deleted"
                raise PermissionRefused(message)
            found.branches.pop(branch, None)

    async def issue(self, issue: IssueKey) -> Issue:
        with self._call("issue"):
            return as_issue(issue, self.thread(issue))

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
            require_ahead(found, draft)
            thread = FakeThread(draft.title, draft.body, self._agent, self._clock.now())
            thread.head, thread.base, thread.draft = draft.head, draft.base, draft.draft
            return as_pull_request(repository, add_thread(found, thread), thread)

    async def update_pull_request(self, repository: RepositoryRef, number: int, *, title: str, body: str) -> None:
        with self._call("update_pull_request"):
            thread = self._pull(repository, number)
            if (thread.title, thread.body) != (title, body):
                self.edit_issue(IssueKey(repository, number), title=title, body=body)

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
            self.set_labels(issue, self.thread(issue).labels | labels, by=self._agent)

    async def remove_label(self, issue: IssueKey, label: str) -> None:
        with self._call("remove_label"):
            self.set_labels(issue, self.thread(issue).labels - {label}, by=self._agent)

    async def upsert_comment(self, issue: IssueKey, marker: str, body: str) -> Comment:
        with self._call("upsert_comment"):
            require_marker(marker, body)
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

    def _is_bot(self, login: str) -> bool:
        return login == self._agent or login.endswith("[bot]")

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
            now = self._clock.now()
            thread.comments[position] = replace(thread.comments[position], body=body, updated_at=now, edited_at=now)
        return thread.comments[position]
