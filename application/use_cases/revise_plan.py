"""Another plan in place of the one that waits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from application.briefing import informed
from application.dialogue import read_dialogue
from application.plan_answer import harmless_plan
from application.plan_comment import PLAN_MARKER, PlanState, folded_under
from application.plan_words import BASE_TRAILER, PlanWords
from application.words_alone import NoChange, Questions
from domain.change_set import ChangeSet
from domain.dialogue import DialogueState
from domain.events import PullRequestOpened, Stage, StageReached
from domain.issue import IssueKey
from domain.model_text import harmless
from domain.outcome import Done, NothingToDo

if TYPE_CHECKING:
    from application.brief import Brief
    from application.dialogue import Dialogue
    from application.job import Job
    from application.ports.vcs import Workspace
    from application.use_cases.draft_plan import DraftedPlan, DraftPlan
    from domain.issue import PullRequest
    from domain.outcome import Outcome


class RevisePlan:
    """The new plan is written for the base as it is now, and stands in the same comment, the earlier ones below it."""

    def __init__(self, draft_plan: DraftPlan) -> None:
        self._draft_plan = draft_plan

    async def run(self, job: Job) -> Outcome:
        """Write the plan anew with what was wished for."""
        dialogue = await read_dialogue(job.forge, job.task.issue)
        pull_request = dialogue.pull_request
        if pull_request is None or dialogue.state is not DialogueState.PLANNED:
            return NothingToDo(job.texts.say("plan.none_waits"))
        if dialogue.plan and dialogue.plan.state.task == job.task.id:
            return await self._finished(job, pull_request, dialogue.plan.state.number)
        repository = await job.forge.repository(job.task.repository)
        source = await job.forge.git_source(job.task.repository)
        await job.events.record(StageReached(Stage.READING, f"cloning {repository.ref}"))
        async with job.vcs.open(source, pull_request.base) as workspace:
            result = await self._draft_plan.run(
                workspace,
                await informed(job, await self._brief(job, dialogue)),
                events=job.events,
                deadline=job.deadline,
                spent=job.spent,
            )
            if isinstance(result, NoChange):
                return NothingToDo(harmless(result.reason))
            if isinstance(result, Questions):
                return NothingToDo(harmless(result.text), asks=True)
            await job.events.record(StageReached(Stage.OPENING, pull_request.head))
            await self._bring_up_to_date(job, workspace, pull_request.head)
            return await self._post(job, workspace.base, dialogue, pull_request, result)

    async def _brief(self, job: Job, dialogue: Dialogue) -> Brief:
        """The issue as it is now: what comes of it is a plan again, which people read before anything is done."""
        issue = await job.forge.issue(job.task.issue)
        plan = dialogue.plan.plan if dialogue.plan else None
        return replace(job.brief, title=issue.title, body=issue.body, plan=plan)

    async def _bring_up_to_date(self, job: Job, workspace: Workspace, branch: str) -> None:
        """Let a branch that holds no change begin at the base that the plan is for."""
        tip = await workspace.branch_tip(branch)
        if tip and tip.trailers.get(BASE_TRAILER, workspace.base) != workspace.base:
            message = PlanWords(job.texts).empty_commit(job.task, workspace.base)
            await workspace.push(branch, ChangeSet(), message, joining=tip.commit)

    async def _post(
        self, job: Job, base: str, dialogue: Dialogue, pull_request: PullRequest, drafted: DraftedPlan
    ) -> Outcome:
        before, task, words = dialogue.plan, job.task, PlanWords(job.texts)
        plan = harmless_plan(drafted.plan)
        number = before.state.number + 1 if before else 1
        state = PlanState(number, base, task.id, task.asked_by, plan.digest)
        earlier = folded_under(before, words.title(before.state.number)) if before else ""
        body = words.waiting(plan, state, drafted.execution, earlier)
        await job.forge.upsert_comment(IssueKey(task.repository, pull_request.number), PLAN_MARKER, body)
        return await self._finished(job, pull_request, number)

    async def _finished(self, job: Job, pull_request: PullRequest, number: int) -> Outcome:
        await job.events.record(PullRequestOpened(pull_request.number, pull_request.url, draft=True))
        return Done(job.texts.say("plan.waits", title=PlanWords(job.texts).title(number)), pull_request.url)
