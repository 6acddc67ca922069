"""What people write behind a command: a plan's digest, a lower budget, and words."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGEST = re.compile(r"`?([0-9a-fA-F]{8,64})`?(?!\S)")
_BUDGET = re.compile(r"(?<!\S)budget=(?:\$|USD)?(\d{1,6}(?:\.\d{1,6})?)(?!\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Argument:
    """The parts of a command's argument; `budget_usd` is None where none is named, `digest` "" likewise."""

    words: str = ""
    digest: str = ""
    budget_usd: float | None = None


def read_argument(text: str, *, with_digest: bool = False) -> Argument:
    """Read `budget=2` (US dollars; of several the lowest counts) and, where one may stand in front, a digest."""
    budgets = [float(found[1]) for found in _BUDGET.finditer(text)]
    words = _BUDGET.sub("", text).strip()
    found = _DIGEST.match(words) if with_digest else None
    return Argument(
        words=words[found.end() :].strip() if found else words,
        digest=found[1].lower() if found else "",
        budget_usd=min(budgets) if budgets else None,
    )
