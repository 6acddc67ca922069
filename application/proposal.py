"""A change that may be committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.change_set import ChangeSet
    from domain.conversation import Spend


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that passed every check, with the model's words for it; `rounds` counts the answers it took."""

    title: str
    summary: str
    changes: ChangeSet
    shown: tuple[str, ...]
    model: str
    rounds: int
    spend: Spend
