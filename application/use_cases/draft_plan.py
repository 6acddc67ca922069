"""From a request to a plan in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.editing.parse import parse_answer
from application.model_session import ModelSession
from application.prompts.prompts import plan_prompt, plan_system_prompt
from application.reading import context_budget, read_repository
from application.words_alone import words_alone
from domain.errors import AnswerUnusable
from domain.events import Stage, StageReached
from domain.plan import Plan, normalised

if TYPE_CHECKING:
    from application.brief import Brief
    from application.deadline import Deadline
    from application.ports.code_search import CodeSearch
    from application.ports.language_model import LanguageModel
    from application.ports.task_events import TaskEvents
    from application.ports.vcs import Workspace
    from application.words_alone import NoChange, Questions
    from domain.conversation import Spend
    from domain.policy import Policy

_BACKTICKED = re.compile(r"`([^`\s]+)`")


@dataclass(frozen=True, slots=True)
class DraftedPlan:
    """A plan, and what it cost."""

    plan: Plan
    model: str
    spend: Spend


class DraftPlan:
    """Lets a model write a plan for a request: text for people, nothing is changed."""

    def __init__(self, model: LanguageModel, search: CodeSearch, policy: Policy, *, context_tokens: int) -> None:
        self._model = model
        self._search = search
        self._policy = policy
        self._context_tokens = context_tokens

    async def run(
        self, workspace: Workspace, brief: Brief, *, events: TaskEvents, deadline: Deadline, spent: Spend
    ) -> DraftedPlan | NoChange | Questions:
        """Read the repository and ask once.

        Raises `AnswerUnusable` for an empty answer, and what `ModelSession.ask` raises.
        """
        budget = context_budget(self._model.profile, self._context_tokens)
        material = await read_repository(workspace, self._search, brief, budget_tokens=budget, events=events)
        session = ModelSession(self._model, self._policy, events, deadline, system=plan_system_prompt(), spent=spent)
        await events.record(StageReached(Stage.THINKING, f"asking {self._model.profile.name}"))
        text = normalised(await session.ask(plan_prompt(brief, material.context)))
        if words := words_alone(parse_answer(text), session.spent):
            return words
        if not text.strip():
            message = f"{self._model.profile.name} answered with an empty plan."
            raise AnswerUnusable(message)
        named = dict.fromkeys(path for path in _BACKTICKED.findall(text) if path in material.existing)
        return DraftedPlan(Plan(text, tuple(named)), self._model.profile.name, session.spent)
