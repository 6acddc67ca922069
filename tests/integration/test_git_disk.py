"""A repository on disk: what the user has there stays as it is, but for the branch that was asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.git.limits import GitLimits
from domain.errors import BranchExists, InvalidInput, NotFound, PushRejected, RemoteUnavailable, RepositoryTooLarge
from domain.repository import GitSource
from tests.support.git_repositories import GitFolder, git, sample_repository
from tests.support.git_vcs import MESSAGE, create, edit, git_adapter

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> GitFolder:
    return sample_repository(tmp_path / "sample")


async def _push(folder: Path, tmp_path: Path, branch: str = "new", content: bytes = b"new\n") -> str:
    async with git_adapter(tmp_path / "work").open(GitSource(str(folder))) as workspace:
        return await workspace.push(branch, create("new.txt", content), MESSAGE)


async def test_leaves_working_tree_index_and_head_untouched(repository: GitFolder, tmp_path: Path) -> None:
    repository.write("src/app.py", "unfinished work\n")
    repository.write("untracked.txt", "mine\n")
    repository.git("add", "src/app.py")
    kept = [".git/HEAD", ".git/index", ".git/config", "src/app.py", "untracked.txt"]
    before = [(repository.path / name).read_bytes() for name in kept], repository.git("status", "--porcelain")
    await _push(repository.path, tmp_path)
    assert ([(repository.path / name).read_bytes() for name in kept], repository.git("status", "--porcelain")) == before


async def test_leaves_a_repository_that_git_finds_sound(repository: GitFolder, tmp_path: Path) -> None:
    await _push(repository.path, tmp_path)
    assert "missing" not in repository.git("fsck", "--full", "--strict", "--no-dangling")


async def test_refuses_to_push_to_the_branch_that_is_checked_out(repository: GitFolder, tmp_path: Path) -> None:
    with pytest.raises(PushRejected, match="main is checked out"):
        await _push(repository.path, tmp_path, "main")


async def test_refuses_to_push_to_a_branch_checked_out_in_another_worktree(
    repository: GitFolder, tmp_path: Path
) -> None:
    repository.git("branch", "theirs", "main")
    repository.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "theirs")
    with pytest.raises(PushRejected, match="theirs is checked out"):
        await _push(repository.path, tmp_path, "theirs")


async def test_refuses_a_branch_that_would_be_a_folder_of_another(repository: GitFolder, tmp_path: Path) -> None:
    repository.git("pack-refs", "--all")
    with pytest.raises(PushRejected, match="beside the branch other"):
        await _push(repository.path, tmp_path, "other/new")


async def test_opens_a_repository_from_a_folder_inside_it(repository: GitFolder, tmp_path: Path) -> None:
    assert await _push(repository.path / "src", tmp_path) == repository.id_of("new")


async def test_opens_a_linked_worktree_at_what_is_checked_out_there(repository: GitFolder, tmp_path: Path) -> None:
    repository.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "other")
    async with git_adapter(tmp_path / "work").open(GitSource(str(tmp_path / "linked"))) as workspace:
        assert workspace.branch == "other"
        commit = await workspace.push("new", create("new.txt", b"new\n"), MESSAGE)
    assert repository.id_of("new") == commit


async def test_opens_a_detached_head_on_no_branch(repository: GitFolder, tmp_path: Path) -> None:
    repository.git("checkout", "--quiet", "--detach", "other")
    async with git_adapter(tmp_path / "work").open(GitSource(str(repository.path))) as workspace:
        assert (workspace.branch, workspace.base) == ("", repository.id_of("other"))


async def test_opens_a_remote_branch_by_its_local_name(repository: GitFolder, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", str(repository.path), "clone")
    async with git_adapter(tmp_path / "work").open(GitSource(str(tmp_path / "clone")), "origin/other") as workspace:
        assert (workspace.branch, workspace.base) == ("", repository.id_of("other"))


async def test_reads_a_repository_that_borrows_from_others(repository: GitFolder, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", "--shared", str(repository.path), "middle.git")
    git(tmp_path, "clone", "--quiet", "--bare", "--shared", "middle.git", "far.git")
    (tmp_path / "far.git/objects/info/alternates").write_text("# by hand\n../../middle.git/objects\n")
    assert await _push(tmp_path / "far.git", tmp_path) == GitFolder(tmp_path / "far.git").id_of("new")


async def test_works_on_a_shallow_clone(repository: GitFolder, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth", "1", repository.path.as_uri(), "shallow")
    commit = await _push(tmp_path / "shallow", tmp_path)
    assert GitFolder(tmp_path / "shallow").id_of("new") == commit


async def test_takes_a_missing_object_for_an_unreadable_file(repository: GitFolder, tmp_path: Path) -> None:
    blob = repository.git("rev-parse", "main:src/app.py")
    (repository.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    async with git_adapter(tmp_path / "work").open(GitSource(str(repository.path))) as workspace:
        assert await workspace.read(["src/app.py", "README.md"]) == {"README.md": b"# Sample\n"}
        sizes = {entry.path: entry.size for entry in await workspace.entries()}
    assert sizes["src/app.py"] == 0


async def test_takes_a_damaged_object_for_an_unreadable_file(repository: GitFolder, tmp_path: Path) -> None:
    blob = repository.git("rev-parse", "main:src/app.py")
    damaged = repository.path / ".git/objects" / blob[:2] / blob[2:]
    damaged.chmod(0o644)
    damaged.write_bytes(b"no zlib at all")
    async with git_adapter(tmp_path / "work").open(GitSource(str(repository.path))) as workspace:
        assert await workspace.read(["src/app.py"]) == {}


async def test_says_that_sha256_is_not_supported(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--object-format=sha256", "new")
    with pytest.raises(InvalidInput, match="not supported"):
        await _push(tmp_path / "new", tmp_path)


async def test_says_that_a_repository_is_damaged(repository: GitFolder, tmp_path: Path) -> None:
    tree = repository.git("rev-parse", "main^{tree}")
    (repository.path / ".git/objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises((InvalidInput, NotFound)):
        await _push(repository.path, tmp_path)


async def test_runs_no_hook(repository: GitFolder, tmp_path: Path) -> None:
    for hook in ("pre-receive", "update", "post-receive", "pre-push", "post-commit", "reference-transaction"):
        repository.hook(hook, f"touch {tmp_path}/hook-ran; exit 1")
    await _push(repository.path, tmp_path)
    assert not (tmp_path / "hook-ran").exists()


async def test_is_not_moved_by_the_repositorys_configuration(repository: GitFolder, tmp_path: Path) -> None:
    for setting in ("core.autocrlf=true", "core.fileMode=false", "filter.lfs.clean=false", "commit.gpgSign=true"):
        repository.git("config", *setting.split("="))
    commit = await _push(repository.path, tmp_path, content=b"one\r\ntwo\n")
    assert repository.show(commit, "new.txt") == b"one\r\ntwo\n"


async def test_of_two_that_make_the_same_branch_one_succeeds(repository: GitFolder, tmp_path: Path) -> None:
    pushes = (_push(repository.path, tmp_path, content=f"{n}\n".encode()) for n in range(6))
    results = await asyncio.gather(*pushes, return_exceptions=True)
    made = [result for result in results if isinstance(result, str)]
    assert made == [repository.id_of("new")]
    lost = [result for result in results if not isinstance(result, str)]
    assert {type(result) for result in lost} <= {BranchExists, RemoteUnavailable}


async def test_refuses_a_repository_with_too_many_files(repository: GitFolder, tmp_path: Path) -> None:
    vcs = git_adapter(tmp_path / "work", GitLimits(max_files=3))
    with pytest.raises(RepositoryTooLarge, match="more than 3 files"):
        async with vcs.open(GitSource(str(repository.path))):
            pass


async def test_does_not_write_through_a_link_in_the_working_tree(repository: GitFolder, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("theirs\n")
    (repository.path / "src/app.py").unlink()
    (repository.path / "src/app.py").symlink_to(outside)
    async with git_adapter(tmp_path / "work").open(GitSource(str(repository.path))) as workspace:
        await workspace.push("new", edit("src/app.py", b"ours\n"), MESSAGE)
    assert outside.read_text() == "theirs\n"


@pytest.mark.parametrize("revision", ["HEAD~1", "main^", "v1~0", "main~1^0"])
async def test_steps_back_from_a_revision_as_git_does(repository: GitFolder, tmp_path: Path, revision: str) -> None:
    async with git_adapter(tmp_path / "work").open(GitSource(str(repository.path)), revision) as workspace:
        assert workspace.base == repository.id_of(revision)
