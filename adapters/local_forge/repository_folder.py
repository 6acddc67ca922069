"""One repository of the forge: where its files lie, how they are numbered, and how they are changed."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from adapters.local_forge.errors import translated
from adapters.local_forge.flat_toml import Malformed, parse_flat_toml
from adapters.local_forge.front_matter import parse_page
from domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from adapters.local_forge.flat_toml import FlatToml
    from adapters.local_forge.front_matter import Page
    from adapters.local_forge.storage import Storage, Stored

T = TypeVar("T")

_NUMBERED = re.compile(r"([1-9][0-9]*)(\.md)?")
_COMMENT = re.compile(r"0*([1-9][0-9]*)(-.*)?\.md")
_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_AUTHOR = 40
ISSUES = "issues"
PULLS = "pulls"
REVIEWS = "reviews"


class RepositoryFolder:
    """The files of `OWNER/NAME`. Changes belong inside `locked()`; reading needs no lock."""

    def __init__(self, storage: Storage, full_name: str) -> None:
        owner, name = full_name.split("/")
        self.full_name = full_name
        self.data = storage.root / owner / name
        self.bare = storage.root / owner / f"{name}.git"
        self.facts_path = self.data / "repository.toml"
        self._storage = storage

    @property
    def exists(self) -> bool:
        """Whether both the bare repository and its file of facts are there."""
        return self._storage.has(self.bare / "HEAD") and self._storage.has(self.facts_path)

    def facts(self) -> FlatToml:
        """What repository.toml says."""
        stored = self._storage.read(self.facts_path, parse_flat_toml)
        if stored is None:
            message = f"there is no repository {self.full_name} in the local forge"
            raise NotFound(message)
        return stored.value

    def id(self) -> int:
        """The number that the repository keeps when its folders are renamed."""
        with translated(self._storage.name(self.facts_path)):
            return self.facts().positive("id")

    def write_facts(self, facts: FlatToml) -> None:
        """Replace repository.toml."""
        self._storage.write(self.facts_path, facts.text, self._scratch)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one to change this repository's files."""
        with self._storage.locked(self.data):
            yield

    # -- Issues and pull requests ------------------------------------------------------------------

    def page(self, kind: str, number: int) -> Stored[Page] | None:
        """The page of an issue or pull request, or None; `kind` is `ISSUES` or `PULLS`."""
        return self._storage.read(self._page_path(kind, number), parse_page) if number > 0 else None

    def pages(self, kind: str) -> list[tuple[int, Stored[Page]]]:
        """All pages of a kind with their numbers, lowest first."""
        numbers = sorted(number for number, is_page in self._numbered(kind) if is_page)
        pages = ((number, self.page(kind, number)) for number in numbers)
        return [(number, page) for number, page in pages if page is not None]

    def kind_of(self, number: int) -> str:
        """Whether a number is an issue's or a pull request's; raises `NotFound` where it is neither's."""
        for kind in (ISSUES, PULLS):
            if number > 0 and self._storage.has(self._page_path(kind, number)):
                return kind
        message = f"{self.full_name} has no issue or pull request {number}"
        raise NotFound(message)

    def add_page(self, kind: str, page: Page) -> int:
        """Write a new page under the next number, which is returned."""
        number = self._next_number()
        self.write(self._page_path(kind, number), page)
        return number

    def understood(self, stored: Stored[Page], read: Callable[[Stored[Page]], T]) -> T:
        """What `read` makes of a page; `Malformed` becomes an error that names the file."""
        with translated(self._storage.name(stored.path)):
            return read(stored)

    def write(self, path: Path, page: Page) -> None:
        """Replace a page."""
        self._storage.write(path, page.text, self._scratch)

    def _next_number(self) -> int:
        """One above all that are taken; a folder of comments without its page keeps its number too."""
        return 1 + max((number for kind in (ISSUES, PULLS) for number, _ in self._numbered(kind)), default=0)

    def _numbered(self, kind: str) -> list[tuple[int, bool]]:
        """The numbers in a folder, and whether each is a page's; anything else there is nobody's business."""
        found = (_NUMBERED.fullmatch(name) for name in self._storage.names(self.data / kind))
        return [(int(match.group(1)), bool(match.group(2))) for match in found if match]

    def _page_path(self, kind: str, number: int) -> Path:
        return self.data / kind / f"{number}.md"

    # -- Comments and reviews ----------------------------------------------------------------------------------

    def comments(self, number: int) -> list[tuple[int, Stored[Page]]]:
        """The comments on an issue or pull request with their ids, oldest first."""
        return self._numbered_pages(self._comments_folder(number))

    def add_comment(self, number: int, author: str, page: Page) -> int:
        """Write a new comment; returns its id."""
        return self._add_numbered_page(self._comments_folder(number), author, page)

    def reviews(self, number: int) -> list[tuple[int, Stored[Page]]]:
        """The reviews of a pull request with their ids, oldest first."""
        return self._numbered_pages(self._reviews_folder(number))

    def add_review(self, number: int, author: str, page: Page) -> int:
        """Write a new review; returns its id."""
        return self._add_numbered_page(self._reviews_folder(number), author, page)

    def _comments_folder(self, number: int) -> Path:
        return self.data / self.kind_of(number) / str(number)

    def _reviews_folder(self, number: int) -> Path:
        if self.kind_of(number) != PULLS:
            message = f"{self.full_name} has no pull request {number}"
            raise NotFound(message)
        return self._comments_folder(number) / REVIEWS

    def _numbered_pages(self, folder: Path) -> list[tuple[int, Stored[Page]]]:
        paths = self._numbered_paths(folder)
        pages = ((id_, self._storage.read(path, parse_page)) for id_, path in sorted(paths.items()))
        return [(id_, page) for id_, page in pages if page is not None]

    def _add_numbered_page(self, folder: Path, author: str, page: Page) -> int:
        id_ = 1 + max(self._numbered_paths(folder), default=0)
        self.write(folder / f"{id_:04}-{_file_name_part(author)}.md", page)
        return id_

    def _numbered_paths(self, folder: Path) -> dict[int, Path]:
        paths: dict[int, Path] = {}
        for name in self._storage.names(folder):
            if not name.endswith(".md"):
                continue
            path = folder / name
            with translated(self._storage.name(path)):
                id_ = _comment_id(name)
                if id_ in paths:
                    raise Malformed(1, f"the number {id_} is taken by {paths[id_].name}: rename one of the two")
            paths[id_] = path
        return paths

    @property
    def _scratch(self) -> Path:
        return self.data / ".writing"


def _comment_id(name: str) -> int:
    found = _COMMENT.fullmatch(name)
    if not found:
        raise Malformed(1, "a comment's or review's file must begin with its number, such as 0003-sam.md")
    return int(found.group(1))


def _file_name_part(author: str) -> str:
    return _NOT_IN_FILE_NAMES.sub("-", author)[:_LONGEST_AUTHOR].strip("-").lower() or "someone"
