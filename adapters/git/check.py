"""Whether git will work here: the library, and the folder for temporary clones."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pygit2
from pygit2.enums import Feature

from adapters.git.temporary_folders import claim
from domain.finding import Finding, Grade

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LITTLE_SPACE = 2_000_000_000
"""Bytes: a large repository, and as much again for what is made of it."""


def check_git(workdir: Path) -> Sequence[Finding]:
    """Blocking. The folder is made if need be; what is put there to try it is removed again."""
    return [_library(), _folder(workdir)]


def _library() -> Finding:
    words = f"libgit2 {pygit2.LIBGIT2_VERSION}"
    if not Feature(pygit2.features) & Feature.HTTPS:
        return Finding("git", Grade.BAD, f"{words} was built without HTTPS", "pip install --force-reinstall pygit2")
    return Finding("git", Grade.GOOD, f"{words}, with HTTPS")


def _folder(workdir: Path) -> Finding:
    try:
        claim(workdir).remove()
        free = shutil.disk_usage(workdir).free
    except OSError as error:
        words = f"{workdir} cannot be used for temporary clones: {error.strerror}"
        return Finding("work folder", Grade.BAD, words, "set WORK_PATH to a folder that can be written")
    words = f"{workdir}, {free / 1e9:,.1f} GB free"
    if free < _LITTLE_SPACE:
        return Finding("work folder", Grade.REMARK, f"{words}: a large repository may not fit", "set WORK_PATH")
    return Finding("work folder", Grade.GOOD, words)
