"""The true fixes of real issues, taken from bare clones of the projects.

A case is a row of JSON with `instance_id`, `repo`, `base_commit` and the fix as a unified diff, `patch`; the clones are
in one folder, named `OWNER__NAME.git`.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.renderings import Fix

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Row = dict[str, str]
_GIT = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Case:
    """One true fix: where, on top of what, and the tree that it makes."""

    id: str
    repo: str
    base: str
    bare: Path
    tree: str
    fix: Fix


def true_fix(row: Row, repos: Path, folder: Path) -> Case | None:
    """The case with a repository of its own, on the cache's objects; None where these do not hold the commit."""
    cache = (repos / f"{row['repo'].replace('/', '__')}.git").resolve()
    bare = folder / "case.git"
    if not (cache / "objects").is_dir():
        return None
    git(folder, "init", "-q", "--bare", "-b", "main", str(bare))
    (bare / "objects" / "info" / "alternates").write_text(f"{cache / 'objects'}\n", encoding="utf-8")
    try:
        git(bare, "update-ref", "refs/heads/main", row["base_commit"])
        tree = _fixed_tree(bare, row["base_commit"], row["patch"])
    except subprocess.CalledProcessError:
        return None
    return Case(row["instance_id"], row["repo"], row["base_commit"], bare, tree, _fix(bare, row["base_commit"], tree))


def _fixed_tree(bare: Path, base: str, patch: str) -> str:
    index = {"GIT_INDEX_FILE": str(bare / "fixed.index")}
    git(bare, "read-tree", base, env=index)
    git(bare, "apply", "--cached", "--whitespace=nowarn", "-", stdin=patch.encode(), env=index)
    return git(bare, "write-tree", env=index).decode().strip()


def _fix(bare: Path, base: str, tree: str) -> Fix:
    changed = git(bare, "diff-tree", "-r", "-z", "--no-renames", "--name-only", base, tree).decode().split("\0")
    paths = [path for path in changed if path]
    return Fix({path: _text(bare, base, path) for path in paths}, {path: _text(bare, tree, path) for path in paths})


def _text(bare: Path, tree: str, path: str) -> str | None:
    """A file's text as a model sees it, lines ending with LF; None where there is none."""
    try:
        content = git(bare, "cat-file", "blob", f"{tree}:{path}")
    except subprocess.CalledProcessError:
        return None
    return content.decode("utf-8", "surrogateescape").replace("\r\n", "\n")


def git(folder: Path, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
    """What git prints. Raises `CalledProcessError`."""
    return subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin, env={**_GIT, **(env or {})}, check=True, capture_output=True
    ).stdout
