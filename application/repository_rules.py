"""What a repository asks of the agent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.guidance import Guidance, read_guidance
from application.ports.vcs import EntryKind
from domain.repository_config import CONFIG_PATH, RepositoryConfig, parse_config

if TYPE_CHECKING:
    from application.ports.vcs import Workspace


@dataclass(frozen=True, slots=True)
class RepositoryRules:
    """The configuration `.coding-agent.toml`, and the instructions for whoever works on the repository."""

    config: RepositoryConfig = field(default_factory=RepositoryConfig)
    guidance: Guidance = field(default_factory=Guidance)


async def read_rules(workspace: Workspace) -> RepositoryRules:
    """The rules of this revision.

    Raises `ConfigurationRefused` with line and reason for a configuration that is wrong.
    """
    config = await _read_config(workspace)
    return RepositoryRules(config, await read_guidance(workspace, config.instructions))


async def _read_config(workspace: Workspace) -> RepositoryConfig:
    kinds = {entry.path: entry.kind for entry in await workspace.entries() if entry.path.startswith(CONFIG_PATH)}
    if kinds.get(CONFIG_PATH) is EntryKind.SYMLINK:
        RepositoryConfig().refuse(CONFIG_PATH, "is a symbolic link, and links are not followed: make it a file")
    if any(path.startswith(f"{CONFIG_PATH}/") for path in kinds):
        RepositoryConfig().refuse(CONFIG_PATH, "is a folder: make it a file")
    contents = await workspace.read([CONFIG_PATH])
    return parse_config(contents[CONFIG_PATH]) if CONFIG_PATH in contents else RepositoryConfig()
