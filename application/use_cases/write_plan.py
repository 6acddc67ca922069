"""From an issue to a plan that is told on the issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.briefing import full_brief, opened_base
from application.words_alone import NoChange, Questions
from domain.model_text import harmless
from domain.outcome import Done, NothingToDo

if TYPE_CHECKING:
    from application.job import Job
    from application.use_cases.draft_plan import DraftPlan
    from domain.outcome import Outcome


class WritePlan:
    """The plan is the task's result, in its status comment; nothing in the repository changes."""

    def __init__(self, draft_plan: DraftPlan) -> None:
        self._draft_plan = draft_plan

    async def run(self, job: Job) -> Outcome:
        """Read the repository and write the plan."""
        async with opened_base(job) as (workspace, rules):
            result = await self._draft_plan.run(
                workspace, await full_brief(job, rules), events=job.events, deadline=job.deadline, spent=job.spent
            )
        if isinstance(result, NoChange):
            return NothingToDo(harmless(result.reason))
        if isinstance(result, Questions):
            return NothingToDo(harmless(result.text), asks=True)
        return Done(harmless(result.plan.words))
