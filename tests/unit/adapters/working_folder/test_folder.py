"""A person's own folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from adapters.working_folder.folder import WorkingFolder
from domain.change_set import ChangeKind, ChangeSet, FileChange
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from pathlib import Path


def folder(root: Path, **files: str) -> WorkingFolder:
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    return WorkingFolder(root)


def tree(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()}


def test_lists_regular_files_only(tmp_path: Path) -> None:
    (tmp_path / "pkg" / ".git").mkdir(parents=True)
    for name in ("b.py", "pkg/a.py", "pkg/.git/config"):
        (tmp_path / name).touch()
    (tmp_path / "link.py").symlink_to("b.py")
    os.mkfifo(tmp_path / "pipe")
    assert list(WorkingFolder(tmp_path).paths()) == ["b.py", "pkg/a.py"]


def test_lists_no_more_than_it_can(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}").touch()
    with pytest.raises(InvalidInput, match="holds more than 2 files"):
        WorkingFolder(tmp_path, max_files=2).paths()


@pytest.mark.parametrize("path", ["link.py", "linked/a.py", "pipe", ".git/config", "../out", "/etc/passwd", "", "a\0b"])
def test_reads_nothing_but_its_own_files(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    (root / ".git").mkdir(parents=True)
    for name in ("out", "root/a.py", "root/.git/config"):
        (tmp_path / name).touch()
    (root / "link.py").symlink_to("a.py")
    (root / "linked").symlink_to(root)
    os.mkfifo(root / "pipe")
    assert WorkingFolder(root).read(path) is None
    assert not WorkingFolder(root).holds(path)


def test_makes_changes_and_keeps_permissions(tmp_path: Path) -> None:
    mine = folder(tmp_path, a="old", b="gone", c="moved")
    (tmp_path / "a").chmod(0o750)
    mine.write(
        ChangeSet(
            (
                FileChange(ChangeKind.EDIT, "a", b"new"),
                FileChange(ChangeKind.DELETE, "b"),
                FileChange(ChangeKind.RENAME, "c", b"moved on", "pkg/c"),
                FileChange(ChangeKind.CREATE, "pkg/deep/d", b"made"),
            )
        )
    )
    assert tree(tmp_path) == {"a": "new", "pkg/c": "moved on", "pkg/deep/d": "made"}
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize(
    "last",
    [
        FileChange(ChangeKind.EDIT, "missing", b"x"),
        FileChange(ChangeKind.CREATE, "b", b"x"),
        FileChange(ChangeKind.CREATE, "b/c", b"x"),
        FileChange(ChangeKind.CREATE, "link/c", b"x"),
        FileChange(ChangeKind.CREATE, "n" * 300, b"x"),
        FileChange(ChangeKind.EDIT, "linked", b"x"),
    ],
)
def test_changes_all_or_nothing(tmp_path: Path, last: FileChange) -> None:
    (tmp_path / "root").mkdir()
    mine = folder(tmp_path / "root", a="old", b="stays")
    (tmp_path / "root" / "link").symlink_to(tmp_path)
    (tmp_path / "root" / "linked").symlink_to("a")
    before = sorted(tmp_path.rglob("*"))
    first = FileChange(ChangeKind.EDIT, "a", b"new"), FileChange(ChangeKind.CREATE, "new/d", b"made")
    with pytest.raises(InvalidInput, match="Nothing was changed"):
        mine.write(ChangeSet((*first, last)))
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "root" / "a").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("path", ["b/c", "link/c", "b", "link"])
def test_says_what_stands_in_the_way(tmp_path: Path, path: str) -> None:
    mine = folder(tmp_path, b="")
    (tmp_path / "link").symlink_to(tmp_path)
    assert mine.obstacle(path)
    assert mine.obstacle("new/c") is None
