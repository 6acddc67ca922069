"""Who the agent is, and who may do what: lists of logins by level, in forge.toml and in a repository's own file.

agent = "coding-agent[bot]"
admin = ["maria"]
write = ["sam", "lee"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.repository import Permission

if TYPE_CHECKING:
    from adapters.local_forge.flat_toml import FlatToml

DEFAULT_AGENT = "coding-agent[bot]"

_LEVELS = {permission: permission.name.lower() for permission in reversed(Permission)}


def agent_login(forge: FlatToml) -> str:
    """The agent's own account."""
    return forge.string("agent", DEFAULT_AGENT)


def same_login(one: str, other: str) -> bool:
    """Whether two logins are one account's; forges do not regard case."""
    return one.casefold() == other.casefold()


def is_bot(login: str, agent: str) -> bool:
    """Whether an account is no person's: the agent's own, or one named as forges name their Apps'."""
    return same_login(login, agent) or login.endswith("[bot]")


def listed_permission(file: FlatToml, login: str) -> Permission | None:
    """The highest level that lists a person in this file, or None."""
    levels = (permission for permission, key in _LEVELS.items() if _lists(file, key, login))
    return next(levels, None)


def with_permission(file: FlatToml, login: str, permission: Permission) -> FlatToml:
    """The file with a person listed at this level and at no other."""
    lists = {key: tuple(name for name in file.strings(key) if not same_login(name, login)) for key in _LEVELS.values()}
    lists[_LEVELS[permission]] += (login,)
    return file.updated({key: names for key, names in lists.items() if names or file.strings(key)})


def _lists(file: FlatToml, key: str, login: str) -> bool:
    return any(same_login(name, login) for name in file.strings(key))
