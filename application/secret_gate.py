"""Nothing leaves the house before it has been searched for secrets.

The forge's and the workspace's effects are wrapped, each text that is given to one is scanned first, and an effect with
a secret in it does not happen. Of a commit, what is looked at is what it adds: a secret that a repository holds already
is not ours to refuse.
"""

from __future__ import annotations

import functools
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, cast

from application.effects import effects_of
from application.ports.forge import Forge
from application.ports.vcs import Vcs, Workspace
from domain.errors import SecretFound

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

    from application.ports.secret_scanner import SecretScanner
    from application.ports.vcs import CommitMessage
    from domain.change_set import ChangeSet
    from domain.repository import GitSource


def scanned_forge(forge: Forge, scanner: SecretScanner) -> Forge:
    """The forge, every effect of which raises `SecretFound` where one of its texts holds what looks like a secret."""
    return cast("Forge", _Gate(forge, frozenset(effects_of(Forge)), scanner))


class ScannedVcs(Vcs):
    """Opens workspaces whose every effect raises `SecretFound` where it would publish what looks like a secret."""

    def __init__(self, vcs: Vcs, scanner: SecretScanner) -> None:
        self._vcs = vcs
        self._scanner = scanner

    @asynccontextmanager
    async def open(self, source: GitSource, revision: str = "") -> AsyncIterator[Workspace]:
        """The workspace, behind the gate."""
        async with self._vcs.open(source, revision) as workspace:
            yield cast("Workspace", _WorkspaceGate(workspace, frozenset(effects_of(Workspace)), self._scanner))


class _Gate:
    def __init__(self, adapter: object, effects: frozenset[str], scanner: SecretScanner) -> None:
        self._adapter = adapter
        self._effects = effects
        self._scanner = scanner

    def __getattr__(self, name: str) -> object:
        attribute = getattr(self._adapter, name)
        return self._scanning(attribute) if name in self._effects else attribute

    def _scanning(self, effect: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        @functools.wraps(effect)
        async def after_scanning(*args: object, **kwargs: object) -> object:
            for text in _texts((*args, *kwargs.values())):
                for finding in await self._scanner.scan(text):
                    raise SecretFound(_refusal("a text", finding.line, finding.kind))
            return await effect(*args, **kwargs)

        return after_scanning


class _WorkspaceGate(_Gate):
    """What an effect of a workspace commits is searched by file and line; the rest of its texts as they are."""

    def _scanning(self, effect: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        @functools.wraps(effect)
        async def after_scanning(branch: str, changes: ChangeSet, message: CommitMessage, **kwargs: Any) -> object:
            workspace = cast("Workspace", self._adapter)
            originals = await workspace.read({change.path for change in changes})
            for change in changes:
                if change.new_path is not None and change.content is not None:
                    await self._check(change.new_path, originals.get(change.path), change.content)
            for text in (message.subject, message.body, *(value for _, value in message.trailers)):
                for finding in await self._scanner.scan(text):
                    raise SecretFound(_refusal("the commit's message", finding.line, finding.kind))
            return await effect(branch, changes, message, **kwargs)

        return after_scanning

    async def _check(self, path: str, before: bytes | None, after: bytes) -> None:
        for finding in await self._scanner.scan(path):
            raise SecretFound(_refusal("the name of a file", 1, finding.kind))
        added = added_lines(before, after)
        for finding in await self._scanner.scan("\n".join(added.values())):
            line = list(added)[finding.line - 1]
            raise SecretFound(_refusal(f"`{path}`", line, finding.kind))


def added_lines(before: bytes | None, after: bytes) -> Mapping[int, str]:
    """The lines (from 1) that a file has and did not have, as often as it has them more often than before."""
    left = Counter(_lines(before or b""))
    added = {}
    for number, line in enumerate(_lines(after), 1):
        if left[line]:
            left[line] -= 1
        else:
            added[number] = line
    return added


def _lines(content: bytes) -> list[str]:
    return [line.removesuffix("\r") for line in content.decode(errors="replace").split("\n")]


def _texts(value: object) -> Iterator[str]:
    """Every text in an effect's arguments."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, list, set, frozenset)):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def _refusal(where: str, line: int, kind: str) -> str:
    return (
        f"Line {line} of {where} looks like a secret ({kind}), and was not published. "
        "If it is none, write that line by hand."
    )
