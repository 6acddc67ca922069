"""The end of a plan that is not carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.dialogue import read_dialogue
from application.pending_label import PENDING
from application.plan_words import BASE_TRAILER
from domain.audit import AuditAction
from domain.dialogue import DialogueState
from domain.outcome import Done, NothingToDo

if TYPE_CHECKING:
    from application.dialogue import Dialogue
    from application.job import Job
    from domain.issue import PullRequest
    from domain.outcome import Outcome


class EndPlan:
    """Closes the draft, takes the label off the issue and deletes the branch.

    A branch on which people have worked is kept: nothing of theirs is lost. Where people have closed the draft
    themselves, what is left of it is cleared all the same.
    """

    def __init__(self, action: AuditAction = AuditAction.CANCELLED) -> None:
        self._action = action

    async def run(self, job: Job) -> Outcome:
        """Clear whatever is left of the plan; each step may be repeated."""
        dialogue = await read_dialogue(job.forge, job.task.issue)
        if dialogue.pull_request is None or not await is_unfinished(job, dialogue):
            return NothingToDo(job.texts.say("plan.none_waits"))
        digest = dialogue.plan.plan.digest if dialogue.plan else ""
        await job.audit.note(self._action, job.task.asked_by, digest)
        await job.forge.close_pull_request(job.task.repository, dialogue.pull_request.number)
        kept = await self._branch_is_kept(job, dialogue.pull_request)
        words = job.texts.say("plan.ended")
        if kept:
            words = f"{words} {job.texts.say('plan.branch_kept', branch=dialogue.pull_request.head)}"
        await job.forge.remove_label(job.task.issue, *PENDING)
        return Done(words, dialogue.pull_request.url)

    async def _branch_is_kept(self, job: Job, pull_request: PullRequest) -> bool:
        source = await job.forge.git_source(job.task.repository)
        async with job.vcs.open(source) as workspace:
            tip = await workspace.branch_tip(pull_request.head)
        if tip is None:
            return False
        if BASE_TRAILER not in tip.trailers:
            return True
        await job.forge.delete_branch(job.task.repository, pull_request.head)
        return False


async def is_unfinished(job: Job, dialogue: Dialogue) -> bool:
    """Whether a plan waits, or is half ended: the issue loses its label last.

    An attempt before this one may have got to the very end and died before it could say so: to repeat it does no harm.
    """
    if dialogue.state is DialogueState.PLANNED or (job.attempt > 1 and dialogue.has_a_plan_that_was_dropped):
        return True
    issue = await job.forge.issue(job.task.issue)
    return dialogue.has_a_plan_that_was_dropped and any(issue.has_label(label) for label in PENDING)
