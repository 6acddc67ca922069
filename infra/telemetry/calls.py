"""A port watched from outside: which of its operations are called, for how long, and how they end."""

from __future__ import annotations

import functools
import inspect
import re
from contextlib import asynccontextmanager, contextmanager, nullcontext
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar, cast

from application.effects import effects_of
from application.ports.vcs import Vcs, Workspace
from infra.telemetry.catalogue import PORT_CALLS
from infra.telemetry.spans import SpanKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from domain.repository import GitSource
    from infra.telemetry.metrics import Metrics
    from infra.telemetry.spans import Attributes, Spans

Port = TypeVar("Port")

_AWAY = frozenset({"Forge", "Vcs"})
"""Ports with somebody else's server behind them."""
_TOO_MANY = frozenset({"SecretScanner"})
"""A port that is called for every line that may become public, each time for less than a millisecond: only counted."""
_NOT_WORK = re.compile(r"wait_\w+|close|ensure_held")
"""Operations that wait for something to happen, or are over in no time: nothing is learned from them."""


def operations_of(port: type) -> tuple[str, ...]:
    """The operations of a port that are watched: what its Protocol declares as `async`."""
    declared = (name for name in vars(port) if inspect.iscoroutinefunction(getattr(port, name)))
    return tuple(sorted(name for name in declared if not _NOT_WORK.fullmatch(name)))


_UNTRACED = nullcontext()


class Calls:
    """Makes a span of each call, and counts it by port, operation and error."""

    def __init__(self, spans: Spans, metrics: Metrics) -> None:
        self._spans = spans
        self._metrics = metrics

    @contextmanager
    def call(self, port: str, operation: str, *, effect: bool = False) -> Iterator[None]:
        """One call; what it raises is passed on."""
        kind = SpanKind.CLIENT if port in _AWAY else SpanKind.INTERNAL
        about: Attributes = {
            "coding_agent.port": port,
            "coding_agent.operation": operation,
            "coding_agent.effect": effect,
        }
        began, failed = perf_counter(), ""
        try:
            with _UNTRACED if port in _TOO_MANY else self._spans.span(f"{port}.{operation}", kind, about, inner=True):
                yield
        except BaseException as error:
            failed = type(error).__name__
            raise
        finally:
            self._metrics.histogram(PORT_CALLS, port, operation, failed).observe(perf_counter() - began)

    def observed(self, adapter: Port, port: type[Any]) -> Port:
        """The adapter, every operation of the port watched."""
        return cast("Port", _Observed(adapter, port, self))


class _Observed:
    """Whatever is not watched is the adapter's own."""

    def __init__(self, adapter: object, port: type, calls: Calls) -> None:
        self._adapter = adapter
        self._port = port.__name__
        self._watched = frozenset(operations_of(port))
        self._effects = frozenset(effects_of(port))
        self._calls = calls

    def __getattr__(self, name: str) -> object:
        attribute = getattr(self._adapter, name)
        if name not in self._watched:
            return attribute

        @functools.wraps(attribute)
        async def watched(*args: object, **kwargs: object) -> object:
            with self._calls.call(self._port, name, effect=name in self._effects):
                return await attribute(*args, **kwargs)

        return watched


class ObservedVcs(Vcs):
    """Watches how long it takes to open a repository, and then every operation on it."""

    def __init__(self, vcs: Vcs, calls: Calls) -> None:
        self._vcs = vcs
        self._calls = calls

    @asynccontextmanager
    async def open(self, source: GitSource, revision: str = "") -> AsyncIterator[Workspace]:
        """The workspace, watched."""
        opening = self._vcs.open(source, revision)
        with self._calls.call(Vcs.__name__, "open"):
            workspace = await opening.__aenter__()
        try:
            yield self._calls.observed(workspace, Workspace)
        except BaseException as error:
            if not await opening.__aexit__(type(error), error, error.__traceback__):
                raise
        else:
            await opening.__aexit__(None, None, None)
