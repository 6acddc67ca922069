"""A changed tree as a unified diff in git's form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygit2
from pygit2.enums import DiffFind, DiffOption

if TYPE_CHECKING:
    from adapters.git.snapshot import Snapshot


def unified_diff(snapshot: Snapshot, changed: pygit2.Oid) -> str:
    """The difference as text, renames found by likeness; bytes that are not UTF-8 are shown as U+FFFD."""
    changed_tree = snapshot.repository[changed].peel(pygit2.Tree)
    difference = snapshot.tree.diff_to_tree(changed_tree, flags=DiffOption.INDENT_HEURISTIC)  # git's default
    difference.find_similar(flags=DiffFind.FIND_RENAMES)
    return b"".join(patch.data for patch in difference if patch is not None).decode("utf-8", "replace")
