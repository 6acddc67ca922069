"""Spans, as whoever makes them sees them: the same calls with tracing and without."""

from __future__ import annotations

from contextlib import nullcontext
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    Attributes: TypeAlias = Mapping[str, str | bool | int | float | Sequence[str]]


class SpanKind(StrEnum):
    """Which side of which conversation the span is."""

    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"


class Span(Protocol):
    """Something that is being done."""

    def tell(self, attributes: Attributes) -> None:
        """Add to what is known of it. Names and numbers: no text of an issue, of a model or of a repository."""

    def failed(self, kind: str) -> None:
        """It came to nothing; `kind` is the error's class, and no message goes with it."""

    def withdraw(self) -> None:
        """It is not to be told of after all."""

    @property
    def traceparent(self) -> str:
        """How others refer to it, in the form of W3C's Trace Context; "" without tracing."""


class Spans(Protocol):
    """Where spans are made."""

    def span(
        self,
        name: str,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes | None = None,
        *,
        caused_by: str = "",
        inner: bool = False,
    ) -> AbstractContextManager[Span]:
        """The span, current while the context lasts; what is raised in it is its `error.type`.

        It is part of what is current, or with `caused_by` of what that `traceparent` names. An `inner` one is made only
        where it is part of something.
        """


class NoSpan(Span):
    """Something of which nothing is kept."""

    def tell(self, attributes: Attributes) -> None:
        """Keep nothing."""

    def failed(self, kind: str) -> None:
        """Keep nothing."""

    def withdraw(self) -> None:
        """There is nothing to take back."""

    @property
    def traceparent(self) -> str:
        """None."""
        return ""


_NOTHING: AbstractContextManager[Span] = nullcontext(NoSpan())


class NoSpans(Spans):
    """Nothing is traced."""

    def span(
        self,
        name: str,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes | None = None,
        *,
        caused_by: str = "",
        inner: bool = False,
    ) -> AbstractContextManager[Span]:
        """One that keeps nothing."""
        del name, kind, attributes, caused_by, inner
        return _NOTHING
