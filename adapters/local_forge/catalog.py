"""All that lies below the forge's root: its own facts, and its repositories by name and by id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.local_forge.errors import translated
from adapters.local_forge.flat_toml import parse_flat_toml
from adapters.local_forge.repository_folder import RepositoryFolder
from adapters.local_forge.roster import agent_login, listed_permission
from domain.errors import NotFound
from domain.repository import Permission

if TYPE_CHECKING:
    from adapters.local_forge.flat_toml import FlatToml
    from adapters.local_forge.storage import Storage
    from domain.repository import RepositoryRef


class Catalog:
    """The forge's root folder; every method raises the domain's errors."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._facts_path = storage.root / "forge.toml"

    def facts(self) -> FlatToml:
        """What forge.toml says; a forge without that file has the default agent and knows nobody."""
        stored = self._storage.read(self._facts_path, parse_flat_toml)
        return stored.value if stored else parse_flat_toml("")

    def write_facts(self, facts: FlatToml) -> None:
        """Replace forge.toml; the root's lock must be held."""
        self._storage.write(self._facts_path, facts.text, self._storage.root / ".writing")

    def agent_login(self) -> str:
        """The agent's own account."""
        with translated(self._facts_path.name):
            return agent_login(self.facts())

    def permission(self, folder: RepositoryFolder, login: str) -> Permission:
        """What a person may do: the repository's own file decides, then the forge's."""
        with translated(self._storage.name(folder.facts_path)):
            own = listed_permission(folder.facts(), login)
        if own is not None:
            return own
        with translated(self._facts_path.name):
            return listed_permission(self.facts(), login) or Permission.NONE

    def find(self, ref: RepositoryRef) -> RepositoryFolder:
        """The repository of that name and id, or the one that has the id now under another name."""
        folder = self.folder(ref.full_name)
        if folder.exists and folder.id() == ref.id:
            return folder
        for renamed in self.repositories():
            if renamed.id() == ref.id:
                return renamed
        message = f"there is no repository {ref.full_name} with the id {ref.id} in the local forge"
        raise NotFound(message)

    def repositories(self) -> list[RepositoryFolder]:
        """All repositories, by name."""
        owners = self._storage.names(self._storage.root)
        names = (f"{owner}/{name}" for owner in owners for name in self._storage.names(self._storage.root / owner))
        folders = (self.folder(full_name) for full_name in names)
        return [folder for folder in folders if folder.exists]

    def folder(self, full_name: str) -> RepositoryFolder:
        """The folder of a repository that may not exist yet."""
        return RepositoryFolder(self._storage, full_name)
