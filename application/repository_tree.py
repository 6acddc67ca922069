"""A repository's tree as text, folded until it fits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.ports.vcs import EntryKind
from application.token_estimate import estimate_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from application.ports.vcs import TreeEntry

_ROOT = ""
_NOTES = {EntryKind.SYMLINK: " (symbolic link)", EntryKind.SUBMODULE: " (submodule)"}


@dataclass(frozen=True, slots=True)
class FoldedTree:
    """The tree, one entry a line, files before folders, indented by two blanks a level.

    A folded folder says how many files lie below it. `folded`: how many folders the text does not look into; the root
    is one of them where not even its own list fits, and then `text` is empty.
    """

    text: str
    folded: int


@dataclass(slots=True)
class _Folder:
    """`path` ends with a slash, but for the root's, which is empty; `below` counts the files of all levels."""

    path: str
    depth: int
    folders: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    below: int = 0


def folded_tree(entries: Sequence[TreeEntry], best: Sequence[str], budget_tokens: int) -> FoldedTree:
    """The tree in at most `budget_tokens`: the folders on the way to `best` are opened first, then the shallow ones.

    `entries` are sorted by path. A name with characters that do not print is written with escapes.
    """
    folders = _folders(entries)
    ranks = _ranks(best)
    opened: dict[str, None] = {}
    unspent = budget_tokens
    for folder in sorted(folders.values(), key=lambda folder: _turn(folder, ranks)):
        cost = sum(estimate_tokens(f"{line}\n") for line in _lines_inside(folder, folders))
        if cost <= unspent and (folder.path == _ROOT or _parent(folder.path) in opened):
            opened[folder.path] = None
            unspent -= cost
    return _fitting(folders, opened, budget_tokens)


def printable(name: str) -> str:
    """The name, with escapes for characters that do not print: line ends, directions, bytes that are no text."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)


def _folders(entries: Sequence[TreeEntry]) -> dict[str, _Folder]:
    folders = {_ROOT: _Folder(_ROOT, 0)}
    for entry in entries:
        *parents, name = entry.path.split("/")
        folder = folders[_ROOT]
        folder.below += 1
        for parent in parents:
            path = f"{folder.path}{parent}/"
            if path not in folders:
                folder.folders.append(path)
                folders[path] = _Folder(path, folder.depth + 1)
            folder = folders[path]
            folder.below += 1
        folder.files.append(printable(name) + _NOTES.get(entry.kind, ""))
    return folders


def _ranks(best: Sequence[str]) -> Mapping[str, int]:
    """The place of the best file below each folder that has one."""
    ranks: dict[str, int] = {}
    for place, path in enumerate(best):
        folder = _parent(path)
        while folder not in ranks:
            ranks[folder] = place
            folder = _parent(folder)
    return ranks


def _turn(folder: _Folder, ranks: Mapping[str, int]) -> tuple[int, int, str]:
    """When a folder is opened: never before the one that it lies in."""
    return ranks.get(folder.path, len(ranks)), folder.depth, folder.path


def _parent(path: str) -> str:
    """The folder that a file or folder lies in; the root's own parent is the root."""
    head, slash, _ = path.rstrip("/").rpartition("/")
    return head + slash


def _lines_inside(folder: _Folder, folders: Mapping[str, _Folder]) -> Iterator[str]:
    """The lines that opening a folder adds; a folder inside is longest while it is folded."""
    yield from (_file_line(folder, name) for name in folder.files)
    yield from (_folder_line(folders[path], is_open=False) for path in folder.folders)


def _folder_line(folder: _Folder, *, is_open: bool) -> str:
    name = printable(folder.path[len(_parent(folder.path)) :])
    count = "" if is_open else f" ({folder.below:,} file{'' if folder.below == 1 else 's'})"
    return f"{'  ' * (folder.depth - 1)}{name}{count}"


def _file_line(folder: _Folder, name: str) -> str:
    return f"{'  ' * folder.depth}{name}"


def _fitting(folders: Mapping[str, _Folder], opened: dict[str, None], budget_tokens: int) -> FoldedTree:
    """The text, with the folders opened last closed again where the lines together cost more than each for itself."""
    while opened:
        text = "".join(f"{line}\n" for line in _lines(folders, opened.keys()))
        if estimate_tokens(text) <= budget_tokens:
            return FoldedTree(text, len(folders) - len(opened))
        opened.popitem()
    return FoldedTree("", len(folders))


def _lines(folders: Mapping[str, _Folder], opened: AbstractSet[str]) -> Iterator[str]:
    """The whole listing; without recursion, for a stranger's folders may be nested ever so deep."""
    waiting = [_ROOT]
    while waiting:
        folder = folders[waiting.pop()]
        if folder.path != _ROOT:
            yield _folder_line(folder, is_open=folder.path in opened)
        if folder.path in opened:
            yield from (_file_line(folder, name) for name in folder.files)
            waiting.extend(reversed(folder.folders))
