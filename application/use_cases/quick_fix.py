"""From an issue to a pull request that is ready for review."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from application.briefing import full_brief, opened_base
from application.publication import (
    TASK_TRAILER,
    commit_message,
    facts_of,
    facts_of_commit,
    pull_request_body,
    subject_and_summary,
)
from application.words_alone import NoChange, Questions
from domain.continuation import BranchState, PullState, Step, next_step, step_without_branch
from domain.errors import BranchExists, NotFastForward
from domain.events import BranchPushed, PullRequestOpened, Stage, StageReached
from domain.issue import IssueKey, PullRequestDraft, PullRequestState
from domain.model_text import harmless
from domain.outcome import Cancelled, Done, NothingToDo, Refused

if TYPE_CHECKING:
    from application.job import Job
    from application.ports.vcs import BranchTip, Workspace
    from application.proposal import Proposal
    from application.repository_rules import RepositoryRules
    from application.use_cases.write_change import WriteChange
    from domain.issue import PullRequest
    from domain.outcome import Outcome

LABELS = frozenset({"ai-generated", "quickfix"})


class QuickFix:
    """A change goes straight to a pull request, one for each conversation.

    Every step looks for what an earlier attempt left; `domain.continuation` has the table of what may be found, and
    what follows.
    """

    def __init__(self, write_change: WriteChange) -> None:
        self._write_change = write_change

    async def run(self, job: Job) -> Outcome:
        """Make the change, push it, open the pull request."""
        pull, found = await self._pull_request(job)
        if step := step_without_branch(pull, inherited=job.task.thread is not None):
            return await self._without_branch(job, step, found)
        await job.events.record(StageReached(Stage.READING, f"cloning {job.task.repository}"))
        async with opened_base(job) as (workspace, rules):
            return await self._with_branch(job, workspace, rules, pull, found)

    async def _without_branch(self, job: Job, step: Step, found: PullRequest | None) -> Outcome:
        if found is None or step is Step.REFUSE:
            return _in_the_way(job, found)
        if step is Step.END:
            return Cancelled("", job.texts.say("cancelled.pull_request_closed", pull_request=_link(found)))
        return await self._finished(job, found)

    async def _with_branch(
        self, job: Job, workspace: Workspace, rules: RepositoryRules, pull: PullState, found: PullRequest | None
    ) -> Outcome:
        tip = await workspace.branch_tip(job.task.branch)
        match next_step(_state_of(job, tip), pull):
            case Step.WRITE:
                return await self._written(job, workspace, rules)
            case Step.OPEN if tip:
                return await self._from_the_commit(job, workspace, tip)
            case Step.BEGIN_ANEW:
                return await self.run(replace(job, task=replace(job.task, thread=None)))
            case step:
                return await self._without_branch(job, step, found)

    async def _written(self, job: Job, workspace: Workspace, rules: RepositoryRules) -> Outcome:
        result = await self._write_change.run(
            workspace, await full_brief(job, rules), events=job.events, deadline=job.deadline, spent=job.spent
        )
        if isinstance(result, NoChange):
            return NothingToDo(harmless(result.reason))
        if isinstance(result, Questions):
            return NothingToDo(harmless(result.text), asks=True)
        return await self._publish(job, workspace, result)

    async def _publish(self, job: Job, workspace: Workspace, proposal: Proposal) -> Outcome:
        message = commit_message(proposal, ((TASK_TRAILER, job.task.id),))
        await job.events.record(StageReached(Stage.OPENING, job.task.branch))
        try:
            commit = await workspace.push(job.task.branch, proposal.changes, message)
        except (BranchExists, NotFastForward):
            tip = await workspace.branch_tip(job.task.branch)
            if tip is None or not _made_by(job, tip):
                return _in_the_way(job, None)
            # An attempt that was thought dead has pushed while this one worked: its commit is as good as ours.
            return await self._from_the_commit(job, workspace, tip)
        await job.events.record(BranchPushed(job.task.branch, commit))
        facts = facts_of(proposal, job.task.asked_by, job.deadline.seconds_used(), job.attempt, job.texts)
        body = pull_request_body(job.task, message.body, facts, job.texts)
        return await self._open(job, workspace.branch, message.subject, body)

    async def _from_the_commit(self, job: Job, workspace: Workspace, tip: BranchTip) -> Outcome:
        """Go on from the commit that an attempt before this one pushed, without asking the model again."""
        await job.events.record(StageReached(Stage.OPENING, f"{job.task.branch}, pushed by an earlier attempt"))
        subject, summary = subject_and_summary(tip)
        facts = facts_of_commit(tip, job.task.asked_by, job.spent, job.attempt, job.texts)
        body = pull_request_body(job.task, summary, facts, job.texts)
        return await self._open(job, workspace.branch, subject, body)

    async def _open(self, job: Job, base: str, title: str, body: str) -> Outcome:
        draft = PullRequestDraft(title=title, body=body, head=job.task.branch, base=base, draft=False)
        opened = await job.forge.open_pull_request(job.task.repository, draft)
        return await self._finished(job, opened)

    async def _finished(self, job: Job, pull_request: PullRequest) -> Outcome:
        key = IssueKey(job.task.repository, pull_request.number)
        await job.forge.add_labels(key, LABELS)
        await job.events.record(PullRequestOpened(pull_request.number, pull_request.url))
        return Done(pull_request.title, pull_request.url)

    async def _pull_request(self, job: Job) -> tuple[PullState, PullRequest | None]:
        """The pull request of this conversation's branch; of several, the one that says most of how things stand."""
        own = await job.forge.agent_login()
        found = await job.forge.pull_requests(job.task.repository, job.task.branch)
        states = {_pull_state(pull, own): pull for pull in found if pull.head == job.task.branch}
        return next(((state, states[state]) for state in _BY_WEIGHT if state in states), (PullState.NONE, None))


_BY_WEIGHT = (PullState.OPEN, PullState.MERGED, PullState.CLOSED, PullState.OTHERS)
_PULL_STATES = {
    PullRequestState.OPEN: PullState.OPEN,
    PullRequestState.MERGED: PullState.MERGED,
    PullRequestState.CLOSED: PullState.CLOSED,
}


def _pull_state(pull_request: PullRequest, own: str) -> PullState:
    return _PULL_STATES[pull_request.state] if pull_request.author == own else PullState.OTHERS


def _state_of(job: Job, tip: BranchTip | None) -> BranchState:
    if tip is None:
        return BranchState.NONE
    if _made_by(job, tip):
        return BranchState.THIS_TASK
    inherited = job.task.thread is not None and TASK_TRAILER in tip.trailers
    return BranchState.EARLIER_TASK if inherited else BranchState.OTHERS


def _made_by(job: Job, tip: BranchTip) -> bool:
    """Whether a commit is this very task's."""
    return tip.trailers.get(TASK_TRAILER) == job.task.id


def _in_the_way(job: Job, found: PullRequest | None) -> Refused:
    if found is None:
        return Refused(job.texts.say("refusal.others_branch", branch=f"`{job.task.branch}`"))
    words = job.texts.say(
        "refusal.others_pull_request", pull_request=_link(found), branch=f"`{found.head}`", who=f"`{found.author}`"
    )
    return Refused(words)


def _link(found: PullRequest) -> str:
    return f"[#{found.number}]({found.url})"
