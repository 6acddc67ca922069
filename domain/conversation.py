"""The conversation with a model: what is said, what comes back, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import InvalidInput


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
    """US dollars per million tokens."""

    input_usd_per_million: float
    output_usd_per_million: float


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """What is known of a model before it is asked.

    `name` is what people call it, for example `claude-…` or `qwen2.5-coder:7b`. `price` is zero for a local model, None
    where it is not known. `context_tokens` is what prompt and answer may have together, `max_answer_tokens` what an
    answer may have. Raises `InvalidInput` where the one does not leave room for the other.
    """

    name: str
    price: Price | None
    context_tokens: int
    max_answer_tokens: int

    def __post_init__(self) -> None:
        """Refuse figures with which nothing can be asked."""
        if not 0 < self.max_answer_tokens < self.context_tokens:
            message = (
                f"An answer of {self.max_answer_tokens} tokens does not fit into a context of {self.context_tokens}."
            )
            raise InvalidInput(message)


@dataclass(frozen=True, slots=True)
class Spend:
    """Tokens read and written, and their cost in US dollars; `cost_usd` is None where a price is not known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0

    def __add__(self, other: Spend) -> Spend:
        """The sum; one unknown cost makes the sum unknown."""
        known = self.cost_usd is not None and other.cost_usd is not None
        return Spend(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            (self.cost_usd or 0.0) + (other.cost_usd or 0.0) if known else None,
        )

    @property
    def tokens(self) -> int:
        """Read and written together."""
        return self.input_tokens + self.output_tokens


def priced(input_tokens: int, output_tokens: int, price: Price | None) -> Spend:
    """What these tokens cost at `price`; unknown where the price is."""
    if price is None:
        return Spend(input_tokens, output_tokens, None)
    cost = (input_tokens * price.input_usd_per_million + output_tokens * price.output_usd_per_million) / 1_000_000
    return Spend(input_tokens, output_tokens, cost)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered: the text, why it stopped, the spend, and the model's own name for itself."""

    text: str
    stop: StopReason
    spend: Spend
    model: str
