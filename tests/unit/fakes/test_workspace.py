"""The fake keeps the port's promises, for what is tested on it leans on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from application.ports.vcs import CommitMessage, EntryKind
from domain.change_set import ChangeKind, ChangeSet, FileChange
from domain.errors import BranchExists, NotFastForward, NotFound, RemoteUnavailable
from domain.repository import GitSource
from tests.fakes.workspace import FakeVcs, fake_repository

if TYPE_CHECKING:
    from tests.fakes.workspace import FakeRepository

SOURCE = GitSource("shop")
MESSAGE = CommitMessage("Round up", "", (("Task-Id", "t1"),))
EDIT = ChangeSet((FileChange(ChangeKind.EDIT, "run.sh", b"new\n"),))


@pytest.fixture
def repository() -> FakeRepository:
    return fake_repository({"a.py": b"x\n", "run.sh": b"old\n"}, executables=["run.sh"], symlinks={"l": "a.py"})


@pytest.fixture
def vcs(repository: FakeRepository) -> FakeVcs:
    return FakeVcs({"shop": repository})


async def test_reads_files_and_no_links(vcs: FakeVcs) -> None:
    async with vcs.open(SOURCE) as workspace:
        assert await workspace.read(["a.py", "l", "missing"]) == {"a.py": b"x\n"}


async def test_a_push_makes_a_branch_whose_tip_has_the_trailers(vcs: FakeVcs, repository: FakeRepository) -> None:
    async with vcs.open(SOURCE) as workspace:
        commit = await workspace.push("fix", EDIT, MESSAGE)
        tip = await workspace.branch_tip("fix")
    assert tip is not None
    assert (tip.commit, tip.trailers) == (commit, {"Task-Id": "t1"})
    assert repository.files("fix") == {"a.py": b"x\n", "run.sh": b"new\n"}
    assert repository.files("main")["run.sh"] == b"old\n"


async def test_an_edit_keeps_the_mode(vcs: FakeVcs) -> None:
    async with vcs.open(SOURCE) as workspace:
        await workspace.push("fix", EDIT, MESSAGE)
    async with vcs.open(SOURCE, "fix") as workspace:
        kinds = {entry.path: entry.kind for entry in await workspace.entries()}
    assert kinds["run.sh"] is EntryKind.EXECUTABLE


async def test_the_same_push_again_leaves_one_commit(vcs: FakeVcs, repository: FakeRepository) -> None:
    for _ in range(2):
        async with vcs.open(SOURCE) as workspace:
            await workspace.push("fix", EDIT, MESSAGE)
    assert len(repository.pushes) == 1


async def test_refuses_a_name_that_is_taken(vcs: FakeVcs, repository: FakeRepository) -> None:
    async with vcs.open(SOURCE) as workspace:
        repository.branches["fix"] = repository.branches["main"]
        repository.advance("fix", {"a.py": b"theirs\n"})
        with pytest.raises(BranchExists):
            await workspace.push("fix", EDIT, MESSAGE)


async def test_refuses_to_overwrite_a_branch_that_moved(vcs: FakeVcs, repository: FakeRepository) -> None:
    async with vcs.open(SOURCE) as workspace:
        repository.advance("main", {"a.py": b"theirs\n"})
        with pytest.raises(NotFastForward):
            await workspace.push("main", EDIT, MESSAGE)


async def test_shows_a_change_as_a_diff(vcs: FakeVcs) -> None:
    async with vcs.open(SOURCE) as workspace:
        diff = await workspace.diff(EDIT)
    assert diff.startswith("diff --git a/run.sh b/run.sh\n--- a/run.sh\n+++ b/run.sh\n")
    assert "-old\n+new\n" in diff


async def test_a_lost_answer_leaves_the_effect(vcs: FakeVcs, repository: FakeRepository) -> None:
    repository.fail("push", RemoteUnavailable("no answer"), after=True)
    async with vcs.open(SOURCE) as workspace:
        with pytest.raises(RemoteUnavailable):
            await workspace.push("fix", EDIT, MESSAGE)
        assert await workspace.branch_tip("fix") is not None


async def test_a_fault_passes(vcs: FakeVcs, repository: FakeRepository) -> None:
    repository.fail("open", RemoteUnavailable("not now"))
    with pytest.raises(RemoteUnavailable):
        async with vcs.open(SOURCE):
            pass
    async with vcs.open(SOURCE) as workspace:
        assert workspace.branch == "main"
    assert repository.open_workspaces == 0


async def test_what_is_not_there_is_not_found(vcs: FakeVcs) -> None:
    for source, revision in ((GitSource("elsewhere"), ""), (SOURCE, "no-such-branch")):
        with pytest.raises(NotFound):
            async with vcs.open(source, revision):
                pass
