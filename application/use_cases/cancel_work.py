"""`/cancel`: the work in hand is stopped, or else the plan that waits is ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.dialogue import read_dialogue
from application.past_tasks import past_tasks
from application.use_cases.end_plan import is_unfinished
from domain.outcome import Answered

if TYPE_CHECKING:
    from application.job import Job
    from application.use_cases.end_plan import EndPlan
    from domain.outcome import Outcome


class CancelWork:
    """The wish reached whoever was at work before this task was taken; what they stopped is told by them.

    Nothing was at work: then it is the plan that waits which the person wants gone.
    """

    def __init__(self, end_plan: EndPlan) -> None:
        self._end_plan = end_plan

    async def run(self, job: Job) -> Outcome:
        """Look whether something was stopped, and end the plan if nothing was."""
        dialogue = await read_dialogue(job.forge, job.task.issue)
        told = await past_tasks(job.forge, dialogue)
        if any(past.state.ended == "cancelled" and past.told_at >= job.task.asked_at for past in told):
            return Answered(job.texts.say("command.stopped"))
        if await is_unfinished(job, dialogue):
            return await self._end_plan.run(job)
        return Answered(job.texts.say("command.nothing_runs"))
