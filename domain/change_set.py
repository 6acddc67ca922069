"""A change to a repository, before it is a commit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class ChangeKind(StrEnum):
    """What happens to a file. `EDIT` replaces parts of it, `REWRITE` all of it."""

    CREATE = "create"
    EDIT = "edit"
    REWRITE = "rewrite"
    DELETE = "delete"
    RENAME = "rename"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file's change.

    `path` is the file as it is called before the change (for `CREATE`, its new name), `/`-separated and relative to
    the repository's root. `content` is what it holds afterwards, None for `DELETE`. `renamed_to` is set for `RENAME`
    only; a rename may change the content too.
    """

    kind: ChangeKind
    path: str
    content: bytes | None = None
    renamed_to: str = ""

    def __post_init__(self) -> None:
        """Refuse a change that contradicts itself."""
        if (self.content is None) != (self.kind is ChangeKind.DELETE):
            message = f"{self.kind} of {self.path}: content is for every change but a deletion"
            raise ValueError(message)
        if bool(self.renamed_to) != (self.kind is ChangeKind.RENAME):
            message = f"{self.kind} of {self.path}: renamed_to is for a rename, and a rename needs it"
            raise ValueError(message)

    @property
    def new_path(self) -> str | None:
        """The file's name afterwards, None where it is deleted."""
        return None if self.kind is ChangeKind.DELETE else self.renamed_to or self.path

    @property
    def touched_paths(self) -> tuple[str, ...]:
        """Every path that is written or removed."""
        return (self.path, self.renamed_to) if self.renamed_to else (self.path,)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """All the changes of one commit; no path is touched twice."""

    changes: tuple[FileChange, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two changes to one path: which comes first would decide the result."""
        touched = Counter(path for change in self.changes for path in change.touched_paths)
        twice = sorted(path for path, times in touched.items() if times > 1)
        if twice:
            message = f"changed twice: {', '.join(twice)}"
            raise ValueError(message)

    def __iter__(self) -> Iterator[FileChange]:
        """The changes in order."""
        return iter(self.changes)

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.changes)

    def writes(self) -> Mapping[str, bytes]:
        """Path to content of every file that exists afterwards because of this change."""
        return {c.new_path: c.content for c in self.changes if c.new_path is not None and c.content is not None}

    def removals(self) -> frozenset[str]:
        """Paths that are gone afterwards."""
        return frozenset(c.path for c in self.changes if c.kind in {ChangeKind.DELETE, ChangeKind.RENAME})
