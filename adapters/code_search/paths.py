"""What a path says in words."""

from __future__ import annotations

import functools
import posixpath
from dataclasses import dataclass

from application.issue_terms import terms_in

STANDS_FOR_ITS_FOLDER = frozenset({"__init__", "index", "mod"})
"""Stems of files that are what their folder is called."""


@dataclass(frozen=True, slots=True)
class PathWords:
    """The terms in the file's own name, and those in its folders; `stem` is the name as one term."""

    name: frozenset[str]
    folders: frozenset[str]
    stem: str

    @property
    def all(self) -> frozenset[str]:
        """Both."""
        return self.name | self.folders


def path_words(path: str) -> PathWords:
    """The words of a path; a file that stands for its folder bears the folder's name."""
    *folders, name = named_parts(path)
    return PathWords(frozenset(terms_in(name)), _folder_words("/".join(folders)), name.strip("_").lower())


@functools.lru_cache(maxsize=20_000)
def _folder_words(folders: str) -> frozenset[str]:
    return frozenset(terms_in(folders))


def module_parts(path: str) -> list[str]:
    """The path without its extension, in parts and in lower case; a file that stands for its folder is the folder."""
    return [part.lower() for part in named_parts(path)]


def named_parts(path: str) -> list[str]:
    """The same with its case."""
    parts = posixpath.splitext(path)[0].split("/")
    return parts[:-1] if len(parts) > 1 and parts[-1].lower() in STANDS_FOR_ITS_FOLDER else parts
