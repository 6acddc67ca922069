"""What Claude models cost, as far as it is published.

The figures are those, in US dollars per million tokens, of the pages "Pricing" and "Models overview" in Anthropic's
documentation at platform.claude.com, as they stood in November 2026. A model that is not here has a price that is not
known; settings can name one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.conversation import Price

if TYPE_CHECKING:
    from collections.abc import Mapping

_WRITE = 1.25
_READ = 0.1


def _published(base: float, output: float, *, read: float = _READ) -> Price:
    """Base and output price; what is kept for five minutes and what is read from there are shares of the base price."""
    return Price(base, output, base * read, base * _WRITE)


KNOWN_PRICES: Final[Mapping[str, Price]] = {
    "claude-fable-5-1": _published(10.0, 50.0, read=0.025),
    "claude-opus-5-5": _published(4.0, 20.0, read=0.05),
    "claude-opus-5": _published(5.0, 25.0),
    "claude-sonnet-5-5": _published(2.0, 10.0, read=0.05),
    "claude-sonnet-5": _published(2.0, 10.0),
    # Up to 100,000 tokens of prompt it is a fifth of this; a bound on spending counts with the dearer one.
    "claude-haiku-5-5": _published(0.5, 2.5),
    "claude-haiku-4-5": _published(1.0, 5.0),
}
"""By a model's name without a date."""


def known_price(model: str) -> Price | None:
    """The price of a model, with or without a date (`claude-haiku-4-5-20251001`) in its name."""
    name, _, date = model.rpartition("-")
    dated = len(date) == len("20251001") and date.isdecimal()
    return KNOWN_PRICES.get(name if dated else model)
