"""From an issue to a plan on a draft pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.briefing import full_brief, opened_base
from application.dialogue import read_dialogue
from application.pending_label import PENDING
from application.plan_answer import harmless_plan
from application.plan_comment import PLAN_MARKER, PlanState
from application.plan_words import PlanWords
from application.publication import TASK_TRAILER
from application.words_alone import NoChange, Questions
from domain.change_set import ChangeSet
from domain.errors import BranchExists, NotFastForward
from domain.events import BranchPushed, PullRequestOpened, Stage, StageReached
from domain.issue import IssueKey, PullRequestDraft
from domain.marker import issue_mark
from domain.model_text import harmless
from domain.outcome import Done, NothingToDo, Refused

if TYPE_CHECKING:
    from application.job import Job
    from application.ports.vcs import Workspace
    from application.use_cases.draft_plan import DraftedPlan, DraftPlan
    from domain.issue import PullRequest
    from domain.outcome import Outcome

LABELS = frozenset({"ai-generated", "plan"})


class ProposePlan:
    """The plan is a comment on a draft pull request, where people edit it, refuse it or approve it.

    Nothing in the repository changes: the draft's only commit is empty. Where the model asks back or finds nothing to
    change, there is no pull request. Every step looks for what an earlier attempt left.
    """

    def __init__(self, draft_plan: DraftPlan) -> None:
        self._draft_plan = draft_plan

    async def run(self, job: Job) -> Outcome:
        """Write the plan, open the draft, post the plan on it."""
        dialogue = await read_dialogue(job.forge, job.task.issue)
        if dialogue.pull_request and dialogue.plan and dialogue.plan.state.task == job.task.id:
            return await self._finished(job, dialogue.pull_request)
        await job.events.record(StageReached(Stage.READING, f"cloning {job.task.repository}"))
        async with opened_base(job) as (workspace, rules):
            tip = await workspace.branch_tip(job.task.branch)
            if tip and tip.trailers.get(TASK_TRAILER) != job.task.id:
                return Refused(job.texts.say("plan.not_ours", branch=job.task.branch))
            result = await self._draft_plan.run(
                workspace, await full_brief(job, rules), events=job.events, deadline=job.deadline, spent=job.spent
            )
            if isinstance(result, NoChange):
                return NothingToDo(harmless(result.reason))
            if isinstance(result, Questions):
                return NothingToDo(harmless(result.text), asks=True)
            await job.events.record(StageReached(Stage.OPENING, job.task.branch))
            if tip is None:
                await self._push(job, workspace)
            return await self._post(job, workspace, result)

    async def _push(self, job: Job, workspace: Workspace) -> None:
        message = PlanWords(job.texts).empty_commit(job.task, workspace.base)
        try:
            commit = await workspace.push(job.task.branch, ChangeSet(), message)
        except (BranchExists, NotFastForward):
            tip = await workspace.branch_tip(job.task.branch)
            if tip is None or tip.trailers.get(TASK_TRAILER) != job.task.id:
                raise
        else:
            await job.events.record(BranchPushed(job.task.branch, commit))

    async def _post(self, job: Job, workspace: Workspace, drafted: DraftedPlan) -> Outcome:
        task, words = job.task, PlanWords(job.texts)
        title = words.draft_title(task, job.brief.title)
        body = f"{issue_mark(task.issue_number)}\n{words.draft_body(task)}\n"
        draft = PullRequestDraft(title, body, task.branch, workspace.branch, draft=True)
        opened = await job.forge.open_pull_request(task.repository, draft)
        plan = harmless_plan(drafted.plan)
        state = PlanState(1, workspace.base, task.id, task.asked_by, plan.digest)
        key = IssueKey(task.repository, opened.number)
        await job.forge.upsert_comment(key, PLAN_MARKER, words.waiting(plan, state, drafted.execution))
        return await self._finished(job, opened)

    async def _finished(self, job: Job, pull_request: PullRequest) -> Outcome:
        await job.forge.add_labels(IssueKey(job.task.repository, pull_request.number), LABELS)
        await job.forge.add_labels(job.task.issue, PENDING)
        await job.events.record(PullRequestOpened(pull_request.number, pull_request.url, draft=True))
        words = PlanWords(job.texts)
        return Done(job.texts.say("plan.waits", title=words.title(1)), pull_request.url)
