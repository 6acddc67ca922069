"""What a look at a model's server shows, before a task depends on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelHealth:
    """One look at a model: nothing was asked of it, and nothing was spent.

    `reachable`: its server answered at all. `problems`: what keeps it from doing the work, a line each, which says what
    mends it. `remarks`: what works, but may surprise. `facts`: what was found, in words, for example
    `context 32,768 tokens`. `context_tokens`: what prompt and answer may have together, None where nobody says.
    """

    model: str
    reachable: bool
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    context_tokens: int | None = None

    @property
    def usable(self) -> bool:
        """Whether a task can be given to it."""
        return self.reachable and not self.problems


def price_unknown(model: str) -> str:
    """The remark on a model whose price nobody has told."""
    return (
        f"The price of {model} is not known: MAX_COST_USD holds nothing back, only MAX_TOKENS does. "
        "Set it in MODEL_PRICES (0 for a model of your own)."
    )
