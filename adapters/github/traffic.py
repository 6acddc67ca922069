"""What is told of each request, to whoever wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How many requests GitHub allows an hour, and still allows, of those that it counts as `resource`.

    All of them again from `resets_at` on, in seconds since 1970; 0 where it does not say when.
    """

    resource: str
    limit: int
    remaining: int
    resets_at: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One try at a request: until the head of the answer, or (`status` 0) until `error`, which names a class."""

    method: str
    host: str
    seconds: float
    status: int = 0
    error: str = ""
    limit: RateLimit | None = None


def nobody(_exchange: Exchange) -> None:
    """Whoever wants to know nothing."""


def rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """What the headers of an answer say; None where a server has no limits, or says nothing that can be read."""
    limit, remaining = headers.get("x-ratelimit-limit", ""), headers.get("x-ratelimit-remaining", "")
    if not (limit.isdecimal() and remaining.isdecimal()):
        return None
    reset = headers.get("x-ratelimit-reset", "")
    resets_at = int(reset) if reset.isdecimal() else 0
    return RateLimit(headers.get("x-ratelimit-resource", ""), int(limit), int(remaining), resets_at)
