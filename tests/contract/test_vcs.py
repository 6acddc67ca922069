"""What `Vcs` and `Workspace` promise, wherever the repository is."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from application.ports.vcs import CommitMessage, EntryKind
from domain.change_set import ChangeSet
from domain.errors import BranchExists, EditsRefused, InvalidInput, NotFastForward, NotFound
from domain.repository import GitSource
from domain.secret import Secret
from tests.support.git_http import git_http_server
from tests.support.git_repositories import GitFolder, bare_copy, new_repository, sample_repository
from tests.support.git_vcs import AGENT, MESSAGE, SettableClock, create, delete, edit, git_adapter, rename

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from application.ports.vcs import Vcs

PLACES = ("disk", "bare", "http")
NEW = "coding-agent/7-0123abcd"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the adapter finds the repository, and where the test looks at what became of it."""

    source: GitSource
    repository: GitFolder


@contextlib.contextmanager
def placed(kind: str, made: Path, folder: Path) -> Iterator[Place]:
    """The repository that was made once, copied for one test."""
    if kind == "disk":
        shutil.copytree(made / "tree", folder / "tree", symlinks=True)
        yield Place(GitSource(str(folder / "tree")), GitFolder(folder / "tree"))
        return
    bare = GitFolder(folder / "served" / "sample.git")
    shutil.copytree(made / "bare", bare.path)
    if kind == "bare":
        yield Place(GitSource(bare.path.as_uri()), bare)
        return
    with git_http_server(bare.path.parent, username="agent", password="s3cret") as server:
        yield Place(GitSource(f"{server.url}/sample.git", "agent", Secret("s3cret")), bare)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    bare_copy(sample_repository(folder / "tree"), folder / "bare")
    return folder


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    bare_copy(new_repository(folder / "tree"), folder / "bare")
    return folder


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, sample: Path, tmp_path: Path) -> Iterator[Place]:
    with placed(request.param, sample, tmp_path) as place:
        yield place


@pytest.fixture(params=PLACES)
def empty_place(request: pytest.FixtureRequest, empty: Path, tmp_path: Path) -> Iterator[Place]:
    with placed(request.param, empty, tmp_path) as place:
        yield place


@pytest.fixture
def vcs(tmp_path: Path) -> Vcs:
    return git_adapter(tmp_path / "work")


@pytest.mark.parametrize("revision", ["", "HEAD"])
async def test_opens_the_default_branch_when_no_other_revision_is_named(vcs: Vcs, place: Place, revision: str) -> None:
    async with vcs.open(place.source, revision) as workspace:
        assert workspace.branch == "main"
        assert workspace.base == place.repository.id_of("main")


async def test_opens_a_branch_by_name(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source, "other") as workspace:
        assert workspace.branch == "other"
        assert workspace.base == place.repository.id_of("other")


async def test_opens_an_annotated_tag_at_its_commit_and_on_no_branch(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source, "v1") as workspace:
        assert workspace.branch == ""
        assert workspace.base == place.repository.id_of("v1")


@pytest.mark.parametrize("revision", ["main", "main^"])
async def test_opens_a_commit_by_its_id(vcs: Vcs, place: Place, revision: str) -> None:
    commit = place.repository.id_of(revision)
    async with vcs.open(place.source, commit) as workspace:
        assert (workspace.base, workspace.branch) == (commit, "")


async def test_opens_an_old_commit_by_a_short_id(vcs: Vcs, place: Place) -> None:
    commit = place.repository.id_of("main^")
    async with vcs.open(place.source, commit[:10]) as workspace:
        assert workspace.base == commit


@pytest.mark.parametrize("revision", ["nowhere", "0" * 40, "--upload-pack=x", "main~9", "no~1", "HEAD^7", ":/x", "~"])
async def test_says_that_a_revision_does_not_exist(vcs: Vcs, place: Place, revision: str) -> None:
    with pytest.raises(NotFound):
        await _open_and_close(vcs, place.source, revision)


async def test_says_that_an_empty_repository_has_no_commits(vcs: Vcs, empty_place: Place) -> None:
    with pytest.raises(NotFound, match="no commits yet"):
        await _open_and_close(vcs, empty_place.source)


async def test_says_that_a_repository_does_not_exist(vcs: Vcs, place: Place) -> None:
    source = GitSource(place.source.location + "-not", place.source.username, place.source.token)
    with pytest.raises(NotFound):
        await _open_and_close(vcs, source)


async def test_lists_every_path_with_its_kind_and_size_in_order(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as workspace:
        entries = await workspace.entries()
    assert [entry.path for entry in entries] == sorted(place.repository.paths("main"))
    kinds = {entry.path: (entry.kind, entry.size) for entry in entries if entry.kind is not EntryKind.FILE}
    assert kinds == {
        "bin/run": (EntryKind.EXECUTABLE, 19),
        "link": (EntryKind.SYMLINK, 3),
        "vendor": (EntryKind.SUBMODULE, 0),
    }


async def test_reads_files_byte_for_byte(vcs: Vcs, place: Place) -> None:
    paths = ["src/windows.ini", "src/no_newline.txt", "logo.png"]
    async with vcs.open(place.source) as workspace:
        assert await workspace.read(paths) == {path: place.repository.show("main", path) for path in paths}


async def test_leaves_out_what_is_no_readable_file(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as workspace:
        assert await workspace.read(["link", "link/app.py", "vendor", "src", "missing", "../README.md", ""]) == {}


async def test_reads_as_of_the_revision_although_the_branch_moves(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source, "other") as workspace:
        place.repository.git("branch", "--force", "other", "main")
        assert [entry.path for entry in await workspace.entries()] == ["README.md"]


async def test_pushes_a_new_branch_with_one_commit_on_top_of_the_base(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as workspace:
        commit = await workspace.push(NEW, edit("src/app.py", b"fixed\n"), MESSAGE)
    assert place.repository.id_of(NEW) == commit
    assert place.repository.id_of(f"{commit}^") == place.repository.id_of("main")
    assert place.repository.show(commit, "src/app.py") == b"fixed\n"
    assert place.repository.git("diff", "--name-only", "main", commit) == "src/app.py"


async def test_commits_as_the_agent_at_the_clocks_time_with_trailers(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as workspace:
        commit = await workspace.push(NEW, create("new.txt", b"new\n"), MESSAGE)
    shown = place.repository.git("log", "-1", "--format=%an|%ae|%cn|%ce|%aI|%s|%b%(trailers:key=Task-Id)", commit)
    assert shown.startswith(f"Agent|{AGENT}|Agent|{AGENT}|2026-01-02T03:04:05")
    assert "|Mend it|It was broken.\n\nTask-Id: t1" in shown


async def test_fast_forwards_a_branch_that_it_has_read(vcs: Vcs, place: Place) -> None:
    before = place.repository.id_of("other")
    async with vcs.open(place.source, "other") as workspace:
        commit = await workspace.push("other", create("new.txt", b"new\n"), MESSAGE)
    assert place.repository.id_of("other") == commit
    assert place.repository.id_of("other^") == before


async def test_fast_forwards_another_branch_that_is_at_the_base(vcs: Vcs, place: Place) -> None:
    place.repository.git("branch", NEW, "main")
    async with vcs.open(place.source) as workspace:
        commit = await workspace.push(NEW, create("new.txt", b"new\n"), MESSAGE)
    assert place.repository.id_of(NEW) == commit


async def test_makes_an_empty_commit_of_an_empty_change(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as workspace:
        commit = await workspace.push(NEW, ChangeSet(), MESSAGE)
    assert place.repository.id_of(f"{commit}^") == place.repository.id_of("main")
    assert place.repository.git("diff", "main", commit) == ""


async def test_finds_its_own_commit_when_the_same_push_comes_again(vcs: Vcs, place: Place, tmp_path: Path) -> None:
    change = edit("src/app.py", b"fixed\n")
    async with vcs.open(place.source) as workspace:
        first = await workspace.push(NEW, change, MESSAGE)
    later = git_adapter(tmp_path / "work", clock=SettableClock(datetime(2026, 1, 3, tzinfo=UTC)))
    async with later.open(place.source, place.repository.id_of("main")) as workspace:
        again = await workspace.push(NEW, change, MESSAGE)
    assert again == first == place.repository.id_of(NEW)


@pytest.mark.parametrize(("content", "subject"), [(b"other\n", "Mend it"), (b"fixed\n", "Another subject")])
async def test_refuses_a_new_branch_whose_name_is_taken_by_other_work(
    vcs: Vcs, place: Place, content: bytes, subject: str
) -> None:
    async with vcs.open(place.source) as workspace:
        first = await workspace.push(NEW, edit("src/app.py", b"fixed\n"), MESSAGE)
        with pytest.raises(BranchExists, match="coding-agent"):
            await workspace.push(NEW, edit("src/app.py", content), CommitMessage(subject, MESSAGE.body))
    assert place.repository.id_of(NEW) == first


async def test_refuses_to_push_to_a_branch_that_moved_since_it_was_read(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source, "other") as workspace:
        place.repository.git("branch", "--force", "other", "main")
        with pytest.raises(NotFastForward):
            await workspace.push("other", create("new.txt", b"new\n"), MESSAGE)
    assert place.repository.id_of("other") == place.repository.id_of("main")


async def test_refuses_to_make_anew_a_branch_that_was_deleted_since_it_was_read(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source, "other") as workspace:
        place.repository.git("branch", "--delete", "--force", "other")
        with pytest.raises(NotFastForward):
            await workspace.push("other", create("new.txt", b"new\n"), MESSAGE)
    assert place.repository.id_of("other") == ""


async def test_joins_a_branch_that_began_elsewhere_to_the_base(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as workspace:
        begun = await workspace.push(NEW, ChangeSet(), MESSAGE)
    async with vcs.open(place.source, "other") as workspace:
        tip = await workspace.branch_tip(NEW)
        assert tip is not None
        commit = await workspace.push(NEW, create("new.txt", b"new\n"), MESSAGE, joining=tip.commit)
    assert place.repository.git("log", "-1", "--format=%P", NEW).split() == [begun, place.repository.id_of("other")]
    assert place.repository.git("diff", "--name-only", "other", commit) == "new.txt"


async def test_finds_the_commit_that_joined_when_the_same_push_comes_again(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as workspace:
        begun = await workspace.push(NEW, ChangeSet(), MESSAGE)
    async with vcs.open(place.source, "other") as workspace:
        await workspace.branch_tip(NEW)
        made = [await workspace.push(NEW, create("new.txt", b"new\n"), MESSAGE, joining=begun) for _ in range(2)]
    assert made[0] == made[1] == place.repository.id_of(NEW)


async def test_refuses_to_join_a_branch_that_moved_since_its_tip_was_told(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as workspace:
        await workspace.push(NEW, ChangeSet(), MESSAGE)
        tip = await workspace.branch_tip(NEW)
        assert tip is not None
        place.repository.git("branch", "--force", NEW, "other")
        with pytest.raises(NotFastForward):
            await workspace.push(NEW, create("new.txt", b"new\n"), MESSAGE, joining=tip.commit)
    assert place.repository.id_of(NEW) == place.repository.id_of("other")


@pytest.mark.parametrize("branch", ["", "../../config"])
async def test_refuses_what_cannot_be_a_branch(vcs: Vcs, place: Place, branch: str) -> None:
    async with vcs.open(place.source) as workspace:
        with pytest.raises(InvalidInput):
            await workspace.push(branch, ChangeSet(), MESSAGE)


async def test_tells_the_tip_of_a_branch_as_it_is_now(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as workspace:
        assert await workspace.branch_tip(NEW) is None
        commit = await workspace.push(NEW, ChangeSet(), MESSAGE)
        tip = await workspace.branch_tip(NEW)
    assert tip is not None
    assert (tip.commit, tip.author_email, tip.trailers) == (commit, AGENT, {"Task-Id": "t1"})
    assert tip.message == "Mend it\n\nIt was broken.\n\nTask-Id: t1\n"


async def test_tells_a_tip_that_somebody_else_made_meanwhile(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as workspace:
        tree = place.repository.id_of("other")
        made = place.repository.git("commit-tree", "-p", tree, "-m", "Theirs", f"{tree}^{{tree}}")
        place.repository.git("update-ref", "refs/heads/theirs", made)
        tip = await workspace.branch_tip("theirs")
    assert tip is not None
    assert (tip.commit, tip.author_email, tip.trailers) == (made, "ada@example.org", {})


async def test_keeps_a_file_executable(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as workspace:
        edited = await workspace.push(NEW, edit("bin/run", b"#!/bin/sh\n"), MESSAGE)
        renamed = await workspace.push("renamed", rename("bin/run", "bin/start", b"#!/bin/sh\n"), MESSAGE)
    assert place.repository.mode(edited, "bin/run") == "100755"
    assert place.repository.mode(renamed, "bin/start") == "100755"


async def test_commits_bytes_as_they_are_whatever_the_attributes_say(vcs: Vcs, place: Place) -> None:
    content = b"mixed\r\nand\nno last"
    async with vcs.open(place.source) as workspace:
        commit = await workspace.push(NEW, edit("src/no_newline.txt", content), MESSAGE)
    assert place.repository.show(commit, "src/no_newline.txt") == content


async def test_deletes_renames_and_creates_in_new_folders(vcs: Vcs, place: Place) -> None:
    moved = ChangeSet(
        (
            *delete("src/no_newline.txt"),
            *rename("src/app.py", "lib/core/app.py", b"moved\n"),
            *create("docs/a/b.md", b"new\n"),
            *create("src/app.py/__init__.py", b""),
        )
    )
    async with vcs.open(place.source) as workspace:
        commit = await workspace.push(NEW, moved, MESSAGE)
    before = set(place.repository.paths("main"))
    gone, made = {"src/no_newline.txt", "src/app.py"}, {"lib/core/app.py", "docs/a/b.md", "src/app.py/__init__.py"}
    assert set(place.repository.paths(commit)) == (before - gone) | made


async def test_leaves_submodules_and_links_as_they_were(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as workspace:
        commit = await workspace.push(NEW, create("new.txt", b"new\n"), MESSAGE)
    assert place.repository.mode(commit, "vendor") == "160000"
    assert place.repository.mode(commit, "link") == "120000"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (edit("link", b"x"), "link is a symlink"),
        (create("link/new.py", b"x"), "inside link"),
        (edit("vendor", b"x"), "vendor is a submodule"),
        (edit("model.bin", b"x"), "git LFS"),
        (create("../escape", b"x"), "no path inside"),
    ],
)
async def test_refuses_a_change_that_must_not_be_made(vcs: Vcs, place: Place, change: ChangeSet, reason: str) -> None:
    async with vcs.open(place.source) as workspace:
        with pytest.raises(EditsRefused, match=reason):
            await workspace.push(NEW, change, MESSAGE)
        with pytest.raises(EditsRefused, match=reason):
            await workspace.diff(change)
    assert place.repository.id_of(NEW) == ""


async def test_tells_every_problem_of_a_change(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as workspace:
        with pytest.raises(EditsRefused) as refused:
            await workspace.diff(ChangeSet((*edit("link", b"x"), *create("README.md", b"x"))))
    assert refused.value.problems == ("link is a symlink, which is left alone", "README.md is there already")


@pytest.mark.parametrize(
    "change",
    [
        edit("src/windows.ini", b"one\r\n2\r\n"),
        edit("src/no_newline.txt", b"another last line"),
        create("new/file.txt", b"new\n"),
        delete("src/app.py"),
        rename("src/app.py", "src/sum.py", b"def add(a, b):\n    return a - b\n"),
    ],
)
async def test_shows_a_change_as_git_would(vcs: Vcs, place: Place, change: ChangeSet) -> None:
    async with vcs.open(place.source) as workspace:
        shown = await workspace.diff(change)
        commit = await workspace.push(NEW, change, MESSAGE)
    expected = place.repository.git("-c", "core.abbrev=7", "diff", "--find-renames", "main", commit)
    assert shown.rstrip("\n").splitlines() == expected.splitlines()


@pytest.mark.parametrize(
    "change",
    [
        create("empty", b""),
        rename("bin/run", "bin/start", b"#!/bin/sh\necho start\n"),
        ChangeSet((*rename("src/app.py", "a b.py", b"x = 1\n"), *create("src/app.py/new.py", b"\n"))),
    ],
)
async def test_shows_a_change_so_that_git_can_apply_it(
    vcs: Vcs, place: Place, change: ChangeSet, tmp_path: Path
) -> None:
    async with vcs.open(place.source) as workspace:
        shown = await workspace.diff(change)
        commit = await workspace.push(NEW, change, MESSAGE)
    copy = bare_copy(place.repository, tmp_path / "copy.git")
    copy.git("read-tree", "main")
    copy.git("apply", "--cached", "-", stdin=shown.encode())
    assert copy.git("write-tree") == place.repository.git("rev-parse", f"{commit}^{{tree}}")


async def test_a_diff_changes_nothing_where_the_repository_is(vcs: Vcs, place: Place) -> None:
    before = _files_below(place.repository.path)
    async with vcs.open(place.source) as workspace:
        assert await workspace.diff(edit("src/app.py", b"fixed\n"))
    assert _files_below(place.repository.path) == before


async def test_leaves_no_trace_of_a_workspace(vcs: Vcs, place: Place, tmp_path: Path) -> None:
    async with vcs.open(place.source) as workspace:
        await workspace.push(NEW, create("new.txt", b"new\n"), MESSAGE)
        assert _files_below(tmp_path / "work")
    assert list((tmp_path / "work").iterdir()) == []


async def test_two_workspaces_do_not_disturb_each_other(vcs: Vcs, place: Place) -> None:
    async with vcs.open(place.source) as one, vcs.open(place.source, "other") as two:
        first = await one.push("one", create("one.txt", b"1\n"), MESSAGE)
        second = await two.push("two", create("two.txt", b"2\n"), MESSAGE)
    assert place.repository.id_of("one") == first
    assert place.repository.paths(second) == ["README.md", "two.txt"]


async def _open_and_close(vcs: Vcs, source: GitSource, revision: str = "") -> None:
    async with vcs.open(source, revision):
        pass


def _files_below(folder: Path) -> dict[str, tuple[int, int]]:
    """Each file's size and date of change."""
    files = (file for file in folder.rglob("*") if not file.is_symlink())
    return {str(file): (file.stat().st_size, file.stat().st_mtime_ns) for file in files}
