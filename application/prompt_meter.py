"""How large a prompt is for one model: a guess that the model's own counts correct."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING

from application.token_estimate import estimate_prompt_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.conversation import Message

_CONVERSATIONS_REMEMBERED = 32
_LEAST_BELIEVED = 1 / 3
_MOST_BELIEVED = 4.0
_LARGE_ENOUGH = 1_000
"""Tokens; what a server adds to each prompt of its own would weigh too much in a smaller one."""


class PromptMeter:
    """Measures the prompts of one model.

    What the server has counted of a conversation is known, and only what was said since is guessed. Where a count is
    above the guess (of a prompt that is not small), all later guesses are raised by as much, for other texts of the
    kind will be too. None is lowered: the next text may be denser. A count below a third of the guess is not believed,
    for some servers count only what was not in their cache; nor is one that would make for more tokens than bytes.
    """

    def __init__(self) -> None:
        self._factor = 1.0
        self._counted: OrderedDict[tuple[Message, ...], int] = OrderedDict()

    def estimate(self, messages: Sequence[Message]) -> int:
        """The tokens of a prompt, rather too many than too few."""
        said = tuple(messages)
        for length in range(len(said), 0, -1):
            if (counted := self._counted.get(said[:length])) is not None:
                return counted + self._guess(said[length:])
        return self._guess(said)

    def learn(self, messages: Sequence[Message], counted: int) -> None:
        """Take note of how many tokens the server says that a prompt had."""
        guess = estimate_prompt_tokens(messages)
        if not guess or not guess * _LEAST_BELIEVED <= counted <= guess * _MOST_BELIEVED:
            return
        if guess >= _LARGE_ENOUGH:
            self._factor = max(self._factor, counted / guess)
        self._counted[tuple(messages)] = counted
        if len(self._counted) > _CONVERSATIONS_REMEMBERED:
            self._counted.popitem(last=False)

    def _guess(self, messages: Sequence[Message]) -> int:
        return math.ceil(estimate_prompt_tokens(messages) * self._factor)
