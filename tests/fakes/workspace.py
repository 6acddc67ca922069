"""Version control in memory: branches, commits and pushes without git."""

from __future__ import annotations

import difflib
import hashlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.ports.vcs import BranchTip, EntryKind, TreeEntry, Vcs, Workspace
from domain.change_set import ChangeKind
from domain.errors import BranchExists, NotFastForward, NotFound

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

    from application.ports.vcs import CommitMessage
    from domain.change_set import ChangeSet
    from domain.errors import AgentError
    from domain.repository import GitSource

AGENT_EMAIL = "agent@example.invalid"


@dataclass(frozen=True, slots=True)
class Node:
    """A path's content and kind."""

    content: bytes
    kind: EntryKind = EntryKind.FILE


Tree = dict[str, Node]


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit; its id follows from what it holds, so that the same push makes the same commit."""

    tree: Tree
    parent: str
    message: str
    trailers: Mapping[str, str]
    author_email: str = AGENT_EMAIL
    joined: str = ""

    @property
    def id(self) -> str:
        """40 hexadecimal digits."""
        nodes = ((path, node.kind.value, node.content) for path, node in sorted(self.tree.items()))
        whole = repr(
            (self.joined, self.parent, self.message, sorted(self.trailers.items()), self.author_email, list(nodes))
        )
        return hashlib.sha1(whole.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Push:
    """A push that reached the repository."""

    branch: str
    commit: str
    changes: ChangeSet
    message: CommitMessage


@dataclass(slots=True)
class _Fault:
    error: AgentError
    after: bool
    times: int


@dataclass
class FakeRepository:
    """What is kept between openings: commits by id, branches by name, the pushes so far, and faults to come."""

    default_branch: str = "main"
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    pushes: list[Push] = field(default_factory=list)
    open_workspaces: int = 0
    _faults: dict[str, _Fault] = field(default_factory=dict)

    def files(self, branch: str) -> dict[str, bytes]:
        """Path to content of a branch's files, links and submodules left out."""
        tree = self.commits[self.branches[branch]].tree
        return {path: node.content for path, node in tree.items() if _is_file(node)}

    def commit(self, branch: str, commit: Commit) -> str:
        """Put a commit on a branch as somebody else might, whatever was there; return its id."""
        self.commits[commit.id] = commit
        self.branches[branch] = commit.id
        return commit.id

    def advance(self, branch: str, files: Mapping[str, bytes], message: str = "Somebody else's work") -> str:
        """Put a commit with these files changed on top of a branch, as a person might; return its id."""
        parent = self.branches[branch]
        tree = self.commits[parent].tree | {path: Node(content) for path, content in files.items()}
        return self.commit(branch, Commit(tree, parent, message, {}, "somebody@example.invalid"))

    def fail(self, method: str, error: AgentError, *, after: bool = False, times: int = 1) -> None:
        """Let the next `times` calls of `open`, `entries`, `read`, `diff`, `branch_tip` or `push` raise `error`.

        With `after` the call has its effect first: the answer is lost, not the request.
        """
        self._faults[method] = _Fault(error, after, times)

    def pass_or_raise(self, method: str, *, after: bool = False) -> None:
        """Raise what was ordered for this moment of a call."""
        fault = self._faults.get(method)
        if fault is not None and fault.after == after and fault.times > 0:
            fault.times -= 1
            raise fault.error

    def tip(self, branch: str) -> BranchTip | None:
        """What a branch's newest commit is."""
        name = self.branches.get(branch)
        if name is None:
            return None
        commit = self.commits[name]
        return BranchTip(name, commit.author_email, commit.message, commit.trailers)


class FakeWorkspace(Workspace):
    """One commit of a fake repository."""

    def __init__(self, repository: FakeRepository, base: str, branch: str) -> None:
        self._repository = repository
        self._base = base
        self._branch = branch

    @property
    def base(self) -> str:
        return self._base

    @property
    def branch(self) -> str:
        return self._branch

    @property
    def _tree(self) -> Tree:
        return self._repository.commits[self._base].tree

    async def entries(self) -> Sequence[TreeEntry]:
        self._repository.pass_or_raise("entries")
        return [_entry(path, node) for path, node in sorted(self._tree.items())]

    async def read(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        self._repository.pass_or_raise("read")
        return {path: node.content for path in paths if (node := self._tree.get(path)) and _is_file(node)}

    async def diff(self, changes: ChangeSet) -> str:
        self._repository.pass_or_raise("diff")
        after = _changed(self._tree, changes)
        paths = sorted(self._tree.keys() | after.keys())
        return "".join(_file_diff(path, self._tree.get(path), after.get(path)) for path in paths)

    async def branch_tip(self, branch: str) -> BranchTip | None:
        self._repository.pass_or_raise("branch_tip")
        return self._repository.tip(branch)

    async def push(self, branch: str, changes: ChangeSet, message: CommitMessage, *, joining: str = "") -> str:
        self._repository.pass_or_raise("push")
        commit = self._commit(changes, message, joining)
        there = self._repository.branches.get(branch)
        if there != commit.id:
            self._refuse_unless_fast_forward(branch, there, joining)
            self._repository.commit(branch, commit)
            self._repository.pushes.append(Push(branch, commit.id, changes, message))
        self._repository.pass_or_raise("push", after=True)
        return commit.id

    def _commit(self, changes: ChangeSet, message: CommitMessage, joining: str) -> Commit:
        text = f"{message.subject}\n\n{message.body}".rstrip()
        return Commit(_changed(self._tree, changes), self._base, text, dict(message.trailers), joined=joining)

    def _refuse_unless_fast_forward(self, branch: str, there: str | None, joining: str) -> None:
        if there in ({joining} if joining else {None, self._base}):
            return
        if joining or branch == self._branch:
            message = f"{branch} moved"
            raise NotFastForward(message)
        message = f"{branch} is there already"
        raise BranchExists(message)


class FakeVcs(Vcs):
    """Opens fake repositories by the location of their source; an unknown location is `NotFound`."""

    def __init__(self, repositories: Mapping[str, FakeRepository]) -> None:
        self._repositories = repositories
        self.sources: list[GitSource] = []

    @asynccontextmanager
    async def open(self, source: GitSource, revision: str = "") -> AsyncIterator[Workspace]:
        """A workspace at a branch, at a commit id, or at the tip of the default branch."""
        self.sources.append(source)
        repository = self._repositories.get(source.location)
        if repository is None:
            message = f"there is no repository at {source.location}"
            raise NotFound(message)
        repository.pass_or_raise("open")
        base, branch = _resolved(repository, revision)
        repository.open_workspaces += 1
        try:
            yield FakeWorkspace(repository, base, branch)
        finally:
            repository.open_workspaces -= 1


def fake_repository(
    files: Mapping[str, bytes],
    *,
    executables: Iterable[str] = (),
    symlinks: Mapping[str, str] | None = None,
    submodules: Iterable[str] = (),
    default_branch: str = "main",
) -> FakeRepository:
    """A repository with one commit on its default branch. `symlinks`: path to target."""
    runnable = frozenset(executables)
    tree = {
        path: Node(data, EntryKind.EXECUTABLE if path in runnable else EntryKind.FILE) for path, data in files.items()
    }
    tree |= {path: Node(target.encode(), EntryKind.SYMLINK) for path, target in (symlinks or {}).items()}
    tree |= {path: Node(b"", EntryKind.SUBMODULE) for path in submodules}
    repository = FakeRepository(default_branch)
    repository.commit(default_branch, Commit(tree, "", "Begin", {}, "somebody@example.invalid"))
    return repository


def fake_workspace(
    files: Mapping[str, bytes],
    *,
    executables: Iterable[str] = (),
    symlinks: Mapping[str, str] | None = None,
    submodules: Iterable[str] = (),
) -> FakeWorkspace:
    """A workspace at the only commit of a repository of its own."""
    repository = fake_repository(files, executables=executables, symlinks=symlinks, submodules=submodules)
    return FakeWorkspace(repository, repository.branches["main"], "main")


def _resolved(repository: FakeRepository, revision: str) -> tuple[str, str]:
    branch = repository.default_branch if revision in {"", "HEAD"} else revision
    if branch in repository.branches:
        return repository.branches[branch], branch
    if revision in repository.commits:
        return revision, ""
    message = f"there is no revision {revision}"
    raise NotFound(message)


def _is_file(node: Node) -> bool:
    return node.kind in {EntryKind.FILE, EntryKind.EXECUTABLE}


def _entry(path: str, node: Node) -> TreeEntry:
    blob = hashlib.sha1(b"blob %d\0" % len(node.content) + node.content, usedforsecurity=False).hexdigest()
    return TreeEntry(path, node.kind, len(node.content), blob)


def _changed(tree: Tree, changes: ChangeSet) -> Tree:
    after = {path: node for path, node in tree.items() if path not in changes.removals()}
    for change in changes:
        if change.new_path is not None and change.content is not None:
            before = None if change.kind is ChangeKind.CREATE else tree.get(change.path)
            after[change.new_path] = Node(change.content, before.kind if before else EntryKind.FILE)
    return after


def _file_diff(path: str, before: Node | None, after: Node | None) -> str:
    if before == after:
        return ""
    lines = difflib.unified_diff(
        _lines(before), _lines(after), f"a/{path}" if before else "/dev/null", f"b/{path}" if after else "/dev/null"
    )
    return f"diff --git a/{path} b/{path}\n" + "".join(lines)


def _lines(node: Node | None) -> list[str]:
    return [] if node is None else [f"{line}\n" for line in node.content.decode(errors="replace").splitlines()]
