"""A change before it is a commit."""

from __future__ import annotations

import pytest

from domain.change_set import ChangeKind, ChangeSet, FileChange

CREATED = FileChange(ChangeKind.CREATE, "new.py", b"1")
DELETED = FileChange(ChangeKind.DELETE, "gone.py")
RENAMED = FileChange(ChangeKind.RENAME, "old.py", b"2", renamed_to="moved.py")


@pytest.mark.parametrize("kind", [kind for kind in ChangeKind if kind is not ChangeKind.DELETE])
def test_refuses_a_change_without_content(kind: ChangeKind) -> None:
    with pytest.raises(ValueError, match="content is for every change but a deletion"):
        FileChange(kind, "a.py", None, renamed_to="b.py" if kind is ChangeKind.RENAME else "")


def test_refuses_a_deletion_with_content() -> None:
    with pytest.raises(ValueError, match="content is for every change but a deletion"):
        FileChange(ChangeKind.DELETE, "a.py", b"")


def test_refuses_a_new_name_without_a_rename_and_a_rename_without_one() -> None:
    with pytest.raises(ValueError, match="a rename needs it"):
        FileChange(ChangeKind.EDIT, "a.py", b"", renamed_to="b.py")
    with pytest.raises(ValueError, match="a rename needs it"):
        FileChange(ChangeKind.RENAME, "a.py", b"")


def test_refuses_to_touch_a_path_twice() -> None:
    with pytest.raises(ValueError, match=r"changed twice: moved\.py, old\.py"):
        ChangeSet((RENAMED, FileChange(ChangeKind.CREATE, "moved.py", b""), FileChange(ChangeKind.DELETE, "old.py")))


def test_tells_what_is_written_and_what_is_gone() -> None:
    changes = ChangeSet((CREATED, DELETED, RENAMED))
    assert changes.writes() == {"new.py": b"1", "moved.py": b"2"}
    assert changes.removals() == {"gone.py", "old.py"}
    assert list(changes) == [CREATED, DELETED, RENAMED]


def test_is_true_only_where_something_changes() -> None:
    assert ChangeSet((CREATED,))
    assert not ChangeSet()


def test_names_the_path_afterwards_and_every_path_touched() -> None:
    assert [change.new_path for change in (CREATED, DELETED, RENAMED)] == ["new.py", None, "moved.py"]
    assert RENAMED.touched_paths == ("old.py", "moved.py")
    assert CREATED.touched_paths == ("new.py",)
