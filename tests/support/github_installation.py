"""The agent as it is installed on one machine, for repositories on the stand-in for GitHub."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from domain.issue import IssueKey
from domain.repository import RepositoryRef
from entrypoints.cli import demo_scene
from tests.support.installation import LABEL, REPOSITORY, Installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from tests.support.github_double.server import GitHubDouble


@dataclass(frozen=True)
class GitHubInstallation(Installation):
    """As a GitHub App, which is installed on the sample repository."""

    github: GitHubDouble | None = None

    @property
    def double(self) -> GitHubDouble:
        """The stand-in."""
        assert self.github is not None
        return self.github

    async def set_up(self) -> IssueKey:
        """The sample repository, its issue labelled by its owner, and the scripted model's answer."""
        demo_scene.lay_script(self.folder)
        world, data = self.double.world, resources.files("entrypoints.cli") / "demo_data"
        made = world.create_repository(REPOSITORY, dict(_files(data / "repository")))
        world.grant(made.id, made.owner, "admin")
        self.double.access.app.install(made.id)
        title, _, body = (data / "issue.md").read_text(encoding="utf-8").partition("\n")
        thread = world.create_issue(made.id, made.owner, title, body.strip(), [LABEL])
        return IssueKey(RepositoryRef("github", made.id, REPOSITORY), thread.number)

    def bare(self, issue: IssueKey) -> Path:
        """Where the repository lies."""
        return self.double.world.repositories[issue.repository.id].bare


def on_github(folder: Path, github: GitHubDouble, **settings: str) -> GitHubInstallation:
    """An installation whose worker is the stand-in's App."""
    app = github.access.app
    own = {
        "FORGE": "github",
        "GITHUB_BASE_URL": github.url,
        "GITHUB_APP_ID": app.id,
        "GITHUB_APP_PRIVATE_KEY": app.private_key,
    }
    folder.mkdir(exist_ok=True)
    return GitHubInstallation(folder, {**own, **settings}, github)


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    for child in folder.iterdir():
        if child.is_dir() and child.name != "__pycache__":
            yield from _files(child, f"{prefix}{child.name}/")
        elif child.is_file():
            yield f"{prefix}{child.name}", child.read_text(encoding="utf-8")
