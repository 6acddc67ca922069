"""An answer of words alone: there is nothing to change, or a person is asked first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from application.editing.answer import Answer
    from domain.conversation import Spend


@dataclass(frozen=True, slots=True)
class NoChange:
    """The model says that nothing is to be changed, and why."""

    reason: str
    spend: Spend


@dataclass(frozen=True, slots=True)
class Questions:
    """The model cannot decide without an answer from a person."""

    text: str
    spend: Spend


def words_alone(answer: Answer, spend: Spend) -> NoChange | Questions | None:
    """What an answer without edits says; None where it has edits, or cannot be read."""
    if answer.edits or answer.problems:
        return None
    if answer.nothing_to_do:
        return NoChange(answer.nothing_to_do, spend)
    return Questions(answer.questions, spend) if answer.questions else None
