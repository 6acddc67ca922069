"""A second look at the ranking by the model that does the work: it sees paths and outlines, and says what to open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.order import put_first
from application.prompts.prompts import rank_prompt
from domain.errors import AnswerUnusable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.brief import Brief
    from application.model_session import ModelSession
    from application.ports.code_search import RankedFile

MAX_FILES = 30
"""How many of the best files the model sees."""

MAX_NAMES = 40
"""How many definitions of each."""


async def reranked(ranking: Sequence[RankedFile], brief: Brief, session: ModelSession) -> Sequence[RankedFile]:
    """The ranking with the files that the model names in front, in its order.

    An answer that names none of them, or is none, leaves the ranking as it was. Raises `BudgetExceeded`, and what the
    model raises when it cannot be asked.
    """
    best = [file for file in ranking[:MAX_FILES] if file.path.isprintable()]
    if not best:
        return ranking
    try:
        answer = await session.ask(rank_prompt(brief, [_described(file) for file in best]))
    except AnswerUnusable:
        return ranking
    return put_first(ranking, _named(answer, [file.path for file in best]))


def _described(file: RankedFile) -> str:
    names = ", ".join(one.name for one in file.definitions[:MAX_NAMES])
    return f"{file.path}: {names}" if names else file.path


def _named(answer: str, paths: Sequence[str]) -> list[str]:
    """The paths that stand alone on a line of the answer, whatever list they are in; each once, in its order."""
    lines = (line.strip().lstrip("-*0123456789.) ").strip("`\"' ,") for line in answer.splitlines())
    return list(dict.fromkeys(line for line in lines if line in paths))
