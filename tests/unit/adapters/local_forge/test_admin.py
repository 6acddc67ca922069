"""The people's side of the local forge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pygit2
import pytest

from adapters.local_forge.admin import LocalForgeAdmin
from adapters.local_forge.forge import LocalForge
from domain.errors import InvalidInput, NotFound
from domain.issue import IssueState, PullRequestDraft
from domain.repository import Permission
from tests.contract.forge_scene import create_branch
from tests.fakes.ticking_clock import TickingClock

if TYPE_CHECKING:
    from domain.issue import IssueKey
    from domain.repository import RepositoryRef
    from tests.contract.forge_scene import LocalScene


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    (folder / "src" / "__pycache__").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("[core]\n")
    (folder / "src" / "__pycache__" / "total.pyc").write_bytes(b"\0")
    (folder / "src" / "total.py").write_bytes(b"total = 1\r\n")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "link").symlink_to("../outside")
    return folder


def _tree(bare: Path, branch: str) -> dict[str, tuple[int, bytes]]:
    repository = pygit2.Repository(str(bare))
    index = pygit2.Index()
    index.read_tree(repository.references[f"refs/heads/{branch}"].peel(pygit2.Tree))
    found = {}
    for entry in index:
        blob = repository[entry.id]
        assert isinstance(blob, pygit2.Blob)
        found[entry.path] = (int(entry.mode), blob.data)
    repository.free()
    return found


async def test_a_folder_becomes_the_first_commit(scene: LocalScene, files: Path) -> None:
    ref = scene.admin.create_repository("acme/shop", files, default_branch="trunk")

    assert _tree(scene.root / "acme/shop.git", "trunk") == {
        "link": (0o120000, b"../outside"),
        "run.sh": (0o100755, b"#!/bin/sh\n"),
        "src/total.py": (0o100644, b"total = 1\r\n"),
    }
    assert (await scene.forge.repository(ref)).default_branch == "trunk"


async def test_a_bare_repository_is_copied(scene: LocalScene, tmp_path: Path) -> None:
    scene.create_repository("acme/shop")
    bare = tmp_path / "elsewhere.git"
    (scene.root / "acme/shop.git").rename(bare)
    create_branch(bare, "fix")

    copied = scene.admin.import_repository("umbrella/store", bare)

    assert bare.is_dir()
    made = await scene.forge.open_pull_request(copied, PullRequestDraft("t", "b", "fix", "main", draft=False))
    assert made.number == 1


def test_lists_repositories_by_name(scene: LocalScene, files: Path) -> None:
    made = [scene.admin.create_repository(name, files) for name in ("umbrella/store", "acme/shop")]

    assert scene.admin.repositories() == sorted(made, key=lambda ref: ref.full_name)
    assert scene.admin.repository("acme/shop") == made[1]


@pytest.mark.parametrize("name", ["shop", "../x", "acme/..", "acme/shop/..", "/etc", "acme/../../x", ""])
def test_refuses_a_name_that_could_climb_out(scene: LocalScene, files: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        scene.admin.create_repository(name, files)
    with pytest.raises(InvalidInput):
        scene.admin.repository(name)


@pytest.mark.parametrize("name", ["acme/shop", "acme/other.git", "acme/other.GIT"])
def test_refuses_a_name_that_is_taken(scene: LocalScene, shop: RepositoryRef, files: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be made"):
        scene.admin.create_repository(name, files)

    assert scene.admin.repositories() == [shop]


def test_refuses_a_source_that_is_not_there(scene: LocalScene, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        scene.admin.create_repository("acme/shop", tmp_path / "missing")
    with pytest.raises(NotFound):
        scene.admin.import_repository("acme/shop", tmp_path / "missing")


def test_goes_on_where_making_a_repository_was_cut_off(scene: LocalScene, files: Path) -> None:
    scene.admin.create_repository("acme/first", files)
    making = scene.root / "acme/shop/.making"
    making.mkdir(parents=True)
    (making / "HEAD").write_text("half")
    (scene.root / "acme/shop/repository.toml").write_text("id = 2\n")

    made = scene.admin.create_repository("acme/shop", files)

    assert made.id == 2
    assert not making.exists()
    assert "run.sh" in _tree(scene.root / "acme/shop.git", "main")


async def test_a_grant_replaces_what_was_granted_before(scene: LocalScene, shop: RepositoryRef) -> None:
    scene.admin.grant("maria", Permission.ADMIN)
    scene.admin.grant("sam", Permission.WRITE)
    scene.admin.grant("Maria", Permission.READ)

    found = [await scene.forge.permission(shop, login) for login in ("maria", "sam")]

    assert found == [Permission.READ, Permission.WRITE]
    assert (scene.root / "forge.toml").read_text() == 'admin = []\nwrite = ["sam"]\nread = ["Maria"]\n'


async def test_the_agent_can_be_named(scene: LocalScene, shop: RepositoryRef) -> None:
    scene.admin.grant("maria", Permission.ADMIN)
    scene.admin.set_agent_login("robot")

    assert await scene.forge.agent_login() == "robot"
    assert await scene.forge.permission(shop, "maria") is Permission.ADMIN


async def test_people_edit_and_reopen_issues(scene: LocalScene, issue: IssueKey) -> None:
    scene.admin.close_issue(issue)
    scene.admin.reopen_issue(issue)
    scene.admin.edit_issue(issue, title="Wrong sum", body="Really.")
    scene.admin.set_labels(issue, ["b", "a"], by="maria")

    found = await scene.forge.issue(issue)

    assert (found.title, found.body, found.state) == ("Wrong sum", "Really.", IssueState.OPEN)
    assert found.labels == {"a", "b"}


async def test_works_in_a_folder_given_by_a_relative_path(
    tmp_path: Path, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    admin, forge = LocalForgeAdmin(Path("forge"), TickingClock()), LocalForge(Path("forge"), TickingClock())
    ref = admin.create_repository("acme/shop", files)
    monkeypatch.chdir(files)

    assert (await forge.repository(ref)).ref == ref
    assert (await forge.git_source(ref)).location == str(tmp_path / "forge/acme/shop.git")
