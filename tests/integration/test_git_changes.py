"""Changes in all their variety, on a repository on disk, next to what the git program makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.change_set import ChangeSet
from domain.errors import EditsRefused
from domain.repository import GitSource
from tests.support.git_repositories import LFS_POINTER, sample_repository
from tests.support.git_vcs import MESSAGE, create, delete, edit, git_adapter, rename

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.git_repositories import GitFolder


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> GitFolder:
    return sample_repository(tmp_path_factory.mktemp("changes") / "sample")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (delete("link"), "link is a symlink"),
        (rename("link", "elsewhere", b"x"), "link is a symlink"),
        (create("vendor/new.py", b"x"), "inside vendor"),
        (create("README.md", b"x"), "there already"),
        (create("README.md/x", b"x"), "inside README.md"),
        (create("src", b"x"), "src is a folder"),
        (edit("missing", b"x"), "does not exist"),
        (delete("src"), "does not exist"),
        (delete("model.bin"), "git LFS"),
        (create("pointer.bin", LFS_POINTER), "git LFS pointer"),
        (edit("README.md", LFS_POINTER), "git LFS pointer"),
        (rename("README.md", "src/app.py", b"x"), "there already"),
        (create("/etc/passwd", b"x"), "no path inside"),
        (create("a//b", b"x"), "no path inside"),
        (create("a/.GIT/config", b"x"), "no path inside"),
        (create("a\x00b", b"x"), "no path inside"),
        (create("git~1/config", b"x"), "no path that git allows"),
        (create(".g\u200cit/config", b"x"), "no path inside"),
        (create("a/.git. /config", b"x"), "no path inside"),
        (create("a/./b", b"x"), "no path inside"),
        (create("\ud800", b"x"), "no path that git allows"),
        (ChangeSet((*create("a", b"x"), *create("a/b", b"x"))), "a is a folder"),
    ],
)
async def test_refuses_a_change_that_must_not_be_made(
    repository: GitFolder, tmp_path: Path, change: ChangeSet, reason: str
) -> None:
    async with git_adapter(tmp_path).open(GitSource(str(repository.path))) as workspace:
        with pytest.raises(EditsRefused, match=reason):
            await workspace.diff(change)


@pytest.mark.parametrize(
    "change",
    [
        edit("src/app.py", b"def add(a, b):\n    return a + b\n"),
        edit("src/no_newline.txt", b"last line\n"),
        delete("bin/run"),
        edit("logo.png", b"\x89PNG\x00"),
        create("logo2.png", b"\x00\x01"),
        create("na\u00efve.txt", b"na\xc3\xafve\n"),
        create('"quotes".txt', b"x\n"),
        edit("README.md", b"caf\xe9\n"),
        edit("README.md", b"# Sample\n"),
        ChangeSet(),
    ],
)
async def test_shows_a_change_as_git_would(repository: GitFolder, tmp_path: Path, change: ChangeSet) -> None:
    branch = tmp_path.name
    async with git_adapter(tmp_path).open(GitSource(str(repository.path))) as workspace:
        shown = await workspace.diff(change)
        commit = await workspace.push(branch, change, MESSAGE)
    expected = repository.git("-c", "core.abbrev=7", "diff", "--find-renames", "main", commit)
    assert shown.rstrip("\n").splitlines() == expected.splitlines()


async def test_names_that_are_not_utf8_survive(tmp_path: Path) -> None:
    repository = sample_repository(tmp_path / "sample")
    (repository.path / "caf\udce9.txt").write_bytes(b"coffee\n")
    repository.commit()
    async with git_adapter(tmp_path / "work").open(GitSource(str(repository.path))) as workspace:
        assert await workspace.read(["caf\udce9.txt"]) == {"caf\udce9.txt": b"coffee\n"}
        commit = await workspace.push("new", edit("caf\udce9.txt", b"tea\n"), MESSAGE)
    assert repository.git("diff", "--numstat", "main", commit) == '1\t1\t"caf\\351.txt"'
