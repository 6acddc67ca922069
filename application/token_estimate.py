"""How many tokens a text is, before any model has counted them."""

from __future__ import annotations

import math


def estimate_tokens(text: str) -> int:
    """At least as many tokens as a model is likely to count: one for every three bytes of UTF-8, rounded up."""
    return math.ceil(len(text.encode()) / 3)
