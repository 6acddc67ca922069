"""Real issues with the files that their fixes changed, and the repositories as they stood then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pygit2

from application.ports.vcs import EntryKind, TreeEntry
from tests.fakes.workspace import FakeWorkspace, fake_repository

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_KINDS = {
    pygit2.enums.FileMode.BLOB: EntryKind.FILE,
    pygit2.enums.FileMode.BLOB_EXECUTABLE: EntryKind.EXECUTABLE,
    pygit2.enums.FileMode.LINK: EntryKind.SYMLINK,
}
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+")


class Case(msgspec.Struct, frozen=True):
    """An issue, the files that its fix changed, and the fix as a unified diff ("" where it is not known)."""

    instance_id: str
    repo: str
    base_commit: str
    issue: str
    gold: list[str]
    patch: str = ""


def cases_in(file: Path, repositories: Path) -> Iterator[tuple[Case, Path]]:
    """The cases, a JSON object a line, whose repository lies in the folder as a bare clone named OWNER__NAME.git."""
    for line in file.read_bytes().splitlines():
        case = msgspec.json.decode(line, type=Case)
        folder = repositories / f"{case.repo.replace('/', '__')}.git"
        if folder.exists():
            yield case, folder


def changed_lines(patch: str) -> dict[str, frozenset[int]]:
    """By file the numbers of the lines that a diff removes; where it only adds, that of the line before."""
    lines: dict[str, set[int]] = {}
    path, old, replaces = "", 0, False
    for line in patch.split("\n"):
        if line.startswith(("diff ", "+++ ", "--- ")):
            path = line[6:] if line.startswith("--- a/") else path
        elif hunk := _HUNK.match(line):
            old, replaces = int(hunk.group(1)), False
        elif line.startswith("-"):
            lines.setdefault(path, set()).add(old)
            old, replaces = old + 1, True
        elif line.startswith("+") and not replaces:
            lines.setdefault(path, set()).add(max(1, old - 1))
        elif line.startswith(" "):
            old, replaces = old + 1, False
    return {path: frozenset(numbers) for path, numbers in lines.items()}


class RevisionOnDisk(FakeWorkspace):
    """A commit of a bare repository, to be read only; blobs that are missing there are no files."""

    def __init__(self, folder: Path, commit: str) -> None:
        super().__init__(fake_repository({}), commit, "")
        self._git = pygit2.Repository(str(folder))
        self._entries = {entry.path: entry for entry in self._walk(self._git[commit].peel(pygit2.Tree), "")}

    def _walk(self, tree: pygit2.Tree, folder: str) -> Iterator[TreeEntry]:
        for item in tree:
            path = f"{folder}{item.name}"
            if isinstance(item, pygit2.Tree):
                yield from self._walk(item, f"{path}/")
            elif item.filemode in _KINDS and (size := self._size(item.id)) is not None:
                yield TreeEntry(path, _KINDS[pygit2.enums.FileMode(item.filemode)], size, str(item.id))

    def _size(self, blob: pygit2.Oid) -> int | None:
        try:
            return self._git.odb.read_header(blob)[1]
        except KeyError:
            return None

    async def entries(self) -> Sequence[TreeEntry]:
        return [self._entries[path] for path in sorted(self._entries)]

    async def read(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        return {path: self._git.odb.read(self._entries[path].blob)[1] for path in paths}
