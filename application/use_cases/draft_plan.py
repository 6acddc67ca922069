"""From a request to a plan in words."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.editing.parse import parse_answer
from application.model_session import ModelSession
from application.patience import Patience
from application.plan_answer import read_plan
from application.prompts.prompts import plan_prompt, plan_repair_prompt, plan_system_prompt, rank_system_prompt
from application.reading import context_budget, read_repository
from application.reranking import reranked
from application.words_alone import words_alone
from domain.conversation import priced
from domain.errors import AnswerUnusable, InvalidInput
from domain.events import EditsReturned, Stage, StageReached

if TYPE_CHECKING:
    from application.brief import Brief
    from application.deadline import Deadline
    from application.offered_models import OfferedModels
    from application.ports.code_search import CodeSearch
    from application.ports.task_events import TaskEvents
    from application.ports.vcs import Workspace
    from application.reading import Material
    from application.words_alone import NoChange, Questions
    from domain.conversation import Spend
    from domain.model_profile import ModelProfile
    from domain.plan import Plan
    from domain.policy import Policy

_CONTEXT_SAID_AGAIN = 1.25
"""What a request holds besides the repository: the issue, the plan, the rules."""


@dataclass(frozen=True, slots=True)
class DraftedPlan:
    """A plan, and what it cost; `execution` is what carrying it out may cost, an answer as long as allowed included."""

    plan: Plan
    model: str
    spend: Spend
    execution: Spend


class DraftPlan:
    """Lets a model write a plan for a request: text for people, nothing is changed."""

    def __init__(
        self,
        models: OfferedModels,
        search: CodeSearch,
        policy: Policy,
        *,
        context_tokens: int,
        repair_rounds: int,
        patience: Patience = Patience(),  # noqa: B008 - a frozen value
        reranks: bool = False,
    ) -> None:
        self._models = models
        self._search = search
        self._policy = policy
        self._context_tokens = context_tokens
        self._patience = patience
        self._reranks = reranks
        self._repair_rounds = repair_rounds

    async def run(
        self, workspace: Workspace, brief: Brief, *, events: TaskEvents, deadline: Deadline, spent: Spend
    ) -> DraftedPlan | NoChange | Questions:
        """Read the repository and ask; a plan whose files cannot be read goes back, at most `repair_rounds` times.

        Raises `AnswerUnusable` for a plan that cannot be read in the end, and what `ModelSession.ask` raises.
        """
        policy = brief.narrowed(self._policy)
        model = self._models.chosen(brief.rules.config)
        budget = context_budget(await model.fitted_profile(), self._context_tokens)
        asked = functools.partial(ModelSession, model, policy, events, deadline, patience=self._patience)
        second_look = asked(system=rank_system_prompt(), spent=spent) if self._reranks else None
        rerank = functools.partial(reranked, brief=brief, session=second_look) if second_look else None
        material = await read_repository(
            workspace, self._search, brief, policy, budget_tokens=budget, events=events, rerank=rerank
        )
        session = asked(system=plan_system_prompt(), spent=second_look.spent if second_look else spent)
        prompt = plan_prompt(brief, material)
        for _ in range(self._repair_rounds + 1):
            await events.record(StageReached(Stage.THINKING, f"asking {model.profile.name}"))
            answer = await session.ask(prompt)
            if words := words_alone(parse_answer(answer), session.spent):
                return words
            try:
                plan = read_plan(answer)
            except InvalidInput as error:
                await events.record(EditsReturned((str(error),)))
                prompt = plan_repair_prompt(str(error))
            else:
                return DraftedPlan(plan, model.profile.name, session.spent, _execution(model.profile, material))
        message = f"{model.profile.name} wrote no plan that can be read (answers: {self._repair_rounds + 1})."
        raise AnswerUnusable(message)


def _execution(profile: ModelProfile, material: Material) -> Spend:
    asked = int(material.context.tokens * _CONTEXT_SAID_AGAIN)
    return priced(asked, profile.max_answer_tokens, profile.price)
