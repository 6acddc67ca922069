"""From an approved plan to a pull request that is ready for review."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from application.brief import Brief
from application.briefing import informed
from application.dialogue import read_dialogue
from application.pending_label import PENDING
from application.plan_comment import PLAN_MARKER
from application.plan_words import BASE_TRAILER, DIGEST_TRAILER, PlanWords
from application.publication import (
    TASK_TRAILER,
    commit_message,
    facts_of,
    facts_of_commit,
    pull_request_body,
    subject_and_summary,
)
from application.words_alone import NoChange, Questions
from domain.approval import Approvable, Approval, objection
from domain.audit import AuditAction
from domain.command import command_in
from domain.command_argument import read_argument
from domain.dialogue import DialogueState
from domain.errors import InvalidInput
from domain.events import BranchPushed, PlanApproved, PullRequestOpened, Stage, StageReached
from domain.issue import IssueKey
from domain.model_text import harmless
from domain.outcome import Done, NothingToDo, Refused

if TYPE_CHECKING:
    from application.dialogue import Dialogue
    from application.job import Job
    from application.plan_comment import PostedPlan
    from application.ports.vcs import BranchTip, Workspace
    from application.proposal import Proposal
    from application.use_cases.write_change import WriteChange
    from domain.approval import ApprovalRules
    from domain.command_argument import Argument
    from domain.issue import Issue, PullRequest
    from domain.outcome import Outcome
    from domain.repository import GitSource


@dataclass(frozen=True, slots=True)
class _Order:
    """What was approved, by whom, where it is to be done."""

    job: Job
    pull_request: PullRequest
    posted: PostedPlan
    issue: Issue
    argument: Argument

    @property
    def brief(self) -> Brief:
        """The issue as the approver read it: an edit after that makes the approval stale."""
        said = self.argument
        plan = self.posted.plan
        return Brief(self.issue.title, self.issue.body, plan, wishes=said.words, budget_usd=said.budget_usd)


class ExecutePlan:
    """Carries out the plan as it stands in its comment when a person has approved it, and only that.

    The change goes on top of the draft's branch. Where the base has moved meanwhile, and the planned files have not
    changed there, it joins the branch to the new base; otherwise another plan is offered. Branches are never forced.
    """

    def __init__(self, write_change: WriteChange, rules: ApprovalRules) -> None:
        self._write_change = write_change
        self._rules = rules

    async def run(self, job: Job) -> Outcome:
        """Check the approval, make the change, make the draft ready."""
        dialogue = await read_dialogue(job.forge, job.task.issue)
        if dialogue.pull_request is None or dialogue.plan is None:
            return NothingToDo(job.texts.say("plan.none_waits"))
        argument = read_argument(
            command.argument if (command := command_in(job.task.command)) else "", with_digest=True
        )
        issue = await job.forge.issue(job.task.issue)
        order = _Order(job, dialogue.pull_request, dialogue.plan, issue, argument)
        source = await job.forge.git_source(job.task.repository)
        await job.events.record(StageReached(Stage.READING, f"cloning {job.task.repository}"))
        async with job.vcs.open(source, order.pull_request.head) as workspace:
            tip = await workspace.branch_tip(order.pull_request.head)
            if tip and tip.trailers.get(TASK_TRAILER) == job.task.id:
                return await self._from_the_commit(order, tip)
            if refusal := self._refusal(order, dialogue):
                return refusal
            await job.audit.note(AuditAction.APPROVED, job.task.asked_by, order.posted.plan.digest)
            await job.events.record(PlanApproved(job.task.asked_by, order.posted.plan.digest))
            return await self._on_the_right_base(order, source, workspace, tip)

    def _refusal(self, order: _Order, dialogue: Dialogue) -> Outcome | None:
        """Why the plan may not be carried out, whatever the branch is at."""
        if dialogue.state is not DialogueState.PLANNED:
            return NothingToDo(order.job.texts.say("plan.none_waits"))
        task = order.job.task
        approval = Approval(task.asked_by, task.asked_at, digest=order.argument.digest)
        approvable = Approvable(
            order.posted.plan, order.posted.state.asked_by, order.posted.edited_at, order.issue.edited_at
        )
        if found := objection(approval, approvable, self._rules):
            return Refused(PlanWords(order.job.texts).objection(found, order.posted.plan))
        try:
            order.posted.plan.files()
        except InvalidInput as error:
            return Refused(PlanWords(order.job.texts).unreadable(error))
        return None

    async def _on_the_right_base(
        self, order: _Order, source: GitSource, branch: Workspace, tip: BranchTip | None
    ) -> Outcome:
        """Work on the branch, or, where only the base has moved, on the new base."""
        words, base = PlanWords(order.job.texts), await branch.branch_tip(order.pull_request.base)
        empty = tip is not None and BASE_TRAILER in tip.trailers
        planned_for = tip.trailers[BASE_TRAILER] if tip and empty else order.posted.state.base
        if tip is None or base is None or base.commit == planned_for == order.posted.state.base:
            return await self._carry_out(order, branch)
        async with order.job.vcs.open(source, order.pull_request.base) as moved:
            if planned_for != order.posted.state.base:
                return NothingToDo(words.base_moved(order.pull_request.base))
            if changed := await _changed(order.posted, branch, moved):
                return NothingToDo(words.base_moved(order.pull_request.base, changed))
            if empty:
                return await self._carry_out(order, moved, joining=tip.commit)
        # What people have pushed to the draft is not on the base: the change goes on top of it.
        return await self._carry_out(order, branch)

    async def _carry_out(self, order: _Order, workspace: Workspace, *, joining: str = "") -> Outcome:
        job = order.job
        result = await self._write_change.run(
            workspace, await informed(job, order.brief), events=job.events, deadline=job.deadline, spent=job.spent
        )
        if isinstance(result, NoChange):
            return NothingToDo(harmless(result.reason))
        if isinstance(result, Questions):
            return NothingToDo(harmless(result.text))
        return await self._publish(order, workspace, result, joining)

    async def _publish(self, order: _Order, workspace: Workspace, proposal: Proposal, joining: str) -> Outcome:
        job, branch = order.job, order.pull_request.head
        trailers = (
            (TASK_TRAILER, job.task.id),
            (DIGEST_TRAILER, order.posted.plan.digest),
            ("Approved-By", job.task.asked_by),
        )
        message = commit_message(proposal, trailers)
        await job.events.record(StageReached(Stage.OPENING, branch))
        commit = await workspace.push(branch, proposal.changes, message, joining=joining)
        await job.events.record(BranchPushed(branch, commit))
        facts = facts_of(proposal, job.task.asked_by, job.deadline.seconds_used(), job.attempt, job.texts)
        body = pull_request_body(job.task, message.body, facts, job.texts)
        return await self._finish(order, commit, message.subject, body)

    async def _from_the_commit(self, order: _Order, tip: BranchTip) -> Outcome:
        """Go on from the commit that an attempt before this one pushed, without asking the model again."""
        job = order.job
        subject, summary = subject_and_summary(tip)
        facts = facts_of_commit(tip, job.task.asked_by, job.spent, job.attempt, job.texts)
        return await self._finish(order, tip.commit, subject, pull_request_body(job.task, summary, facts, job.texts))

    async def _finish(self, order: _Order, commit: str, title: str, body: str) -> Outcome:
        """Say on the pull request what was done; only then is it ready, and only then does the issue lose its label."""
        job, number = order.job, order.pull_request.number
        key = IssueKey(job.task.repository, number)
        words, posted = PlanWords(job.texts), order.posted
        state = replace(posted.state, carried_out_by=job.task.id)
        told = f"{body}\n{words.carried_out(posted.plan, job.task.asked_by)}\n"
        await job.forge.update_pull_request(job.task.repository, number, title=title, body=told)
        comment = words.done(posted, state, commit, job.task.asked_by)
        await job.forge.upsert_comment(key, PLAN_MARKER, comment)
        await job.forge.mark_ready(job.task.repository, number)
        await job.forge.remove_label(job.task.issue, *PENDING)
        await job.events.record(PullRequestOpened(number, order.pull_request.url))
        return Done(title, order.pull_request.url)


async def _changed(posted: PostedPlan, before: Workspace, after: Workspace) -> list[str]:
    """Which of the planned files are not the same on two bases."""
    here = {entry.path: entry.blob for entry in await before.entries() if posted.plan.allows(entry.path)}
    there = {entry.path: entry.blob for entry in await after.entries() if posted.plan.allows(entry.path)}
    return sorted(path for path in here.keys() | there.keys() if here.get(path) != there.get(path))
