"""What is known of a model before it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import InvalidInput

if TYPE_CHECKING:
    from domain.conversation import Price


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
