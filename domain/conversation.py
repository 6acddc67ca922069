"""The conversation with a model: what is said, what comes back, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class StopReason(StrEnum):
    """Why the model stopped writing."""

    END = "end"
    LENGTH = "length"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens.

    `cache_read` and `cache_write` are for tokens of the prompt that the server keeps for later requests; None: they
    cost what other tokens of a prompt do.
    """

    input_usd_per_million: float
    output_usd_per_million: float
    cache_read_usd_per_million: float | None = None
    cache_write_usd_per_million: float | None = None


FREE = Price(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Spend:
    """Tokens read and written, and their cost in US dollars; `cost_usd` is None where a price is not known.

    `input_tokens` is the whole prompt, whether or not some of it was kept from before. `estimated` says that not all
    of it was counted by a server.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    estimated: bool = False

    def __add__(self, other: Spend) -> Spend:
        """The sum; one unknown cost makes the sum unknown."""
        known = self.cost_usd is not None and other.cost_usd is not None
        return Spend(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            (self.cost_usd or 0.0) + (other.cost_usd or 0.0) if known else None,
            self.estimated or other.estimated,
        )

    def or_more(self, other: Spend) -> Spend:
        """The larger of two accounts of the same spending, part by part; one unknown cost makes it unknown."""
        known = self.cost_usd is not None and other.cost_usd is not None
        return Spend(
            max(self.input_tokens, other.input_tokens),
            max(self.output_tokens, other.output_tokens),
            max(self.cost_usd or 0.0, other.cost_usd or 0.0) if known else None,
            self.estimated or other.estimated,
        )

    @property
    def tokens(self) -> int:
        """Read and written together."""
        return self.input_tokens + self.output_tokens


NOTHING_SPENT = Spend()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as a server counts them, each in one place only.

    `input_tokens` are those of the prompt that were neither read from the server's cache nor written to it.
    """

    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    def priced(self, price: Price | None, *, estimated: bool = False) -> Spend:
        """What it costs at `price`; unknown where that is."""
        read = self.input_tokens + self.cache_read_tokens + self.cache_write_tokens
        return Spend(read, self.output_tokens, None if price is None else self._cost(price), estimated)

    def _cost(self, price: Price) -> float:
        plain = price.input_usd_per_million
        read, write = price.cache_read_usd_per_million, price.cache_write_usd_per_million
        parts = (
            self.input_tokens * plain,
            self.output_tokens * price.output_usd_per_million,
            self.cache_read_tokens * (plain if read is None else read),
            self.cache_write_tokens * (plain if write is None else write),
        )
        return sum(parts) / 1_000_000


def priced(input_tokens: int, output_tokens: int, price: Price | None, *, estimated: bool = False) -> Spend:
    """What these tokens cost at `price`, with no cache about; unknown where the price is."""
    return Usage(input_tokens, output_tokens).priced(price, estimated=estimated)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered: the text, why it stopped, the spend, and the model's own name for itself."""

    text: str
    stop: StopReason
    spend: Spend
    model: str
