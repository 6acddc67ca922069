"""Effects: what changes the world outside, and may happen only while the task is ours.

A port marks such a method with `@effect`. `guarded` wraps an adapter so that each of them first asks the lease;
`effects_of` lists them, so that a test can kill a worker after each.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Method = TypeVar("Method", bound="Callable[..., Awaitable[Any]]")
Port = TypeVar("Port")

_MARK = "__effect__"


class Held(Protocol):
    """Whatever can say whether the task is still ours; a `Lease` is one."""

    async def ensure_held(self) -> None:
        """Raise `LeaseLost` if another worker may hold the task now."""


def effect(method: Method) -> Method:
    """Mark a port's method as one that changes the world outside."""
    setattr(method, _MARK, True)
    return method


def effects_of(port: type) -> tuple[str, ...]:
    """The names of a port's effects, in alphabetical order."""
    return tuple(sorted(name for name in dir(port) if hasattr(getattr(port, name), _MARK)))


def guarded(adapter: Port, port: type[Any], held: Held) -> Port:
    """The adapter, with every effect of `port` refused (by `LeaseLost`) once the task is no longer held."""
    return cast("Port", _Guard(adapter, frozenset(effects_of(port)), held))


class _Guard:
    def __init__(self, adapter: object, effects: frozenset[str], held: Held) -> None:
        self._adapter = adapter
        self._effects = effects
        self._held = held

    def __getattr__(self, name: str) -> object:
        attribute = getattr(self._adapter, name)
        if name not in self._effects:
            return attribute

        @functools.wraps(attribute)
        async def after_asking(*args: object, **kwargs: object) -> object:
            await self._held.ensure_held()
            return await attribute(*args, **kwargs)

        return after_asking
