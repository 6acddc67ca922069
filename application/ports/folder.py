"""A person's own folder of files, without git."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.change_set import ChangeSet


class Folder(Protocol):
    """Files below one folder, by `/`-separated paths. No symbolic link is followed, and `.git` is not there."""

    def paths(self) -> Sequence[str]:
        """The paths of all regular files, sorted. Raises `InvalidInput` where there are more than can be listed."""

    def holds(self, path: str) -> bool:
        """Whether the path is a regular file."""

    def read(self, path: str) -> bytes | None:
        """A regular file's content; None where there is none, or it cannot be read."""

    def obstacle(self, path: str) -> str | None:
        """Why no file can be made there, or None: a link or a file on the way, or something else of that name."""

    def write(self, changes: ChangeSet) -> None:
        """Make the changes, all or none of them; a file's permissions stay.

        Raises `InvalidInput` with what stood in the way; what was changed until then is put back.
        """
