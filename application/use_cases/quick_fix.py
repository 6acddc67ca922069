"""From an issue to a pull request that is ready for review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.publication import (
    TASK_TRAILER,
    commit_message,
    facts_of,
    pull_request_body,
    subject_and_summary,
)
from application.words_alone import NoChange, Questions
from domain.errors import BranchExists, NotFastForward
from domain.events import BranchPushed, PullRequestOpened, Stage, StageReached
from domain.issue import IssueKey, PullRequestDraft
from domain.model_text import harmless
from domain.outcome import Done, NothingToDo, Refused

if TYPE_CHECKING:
    from application.job import Job
    from application.ports.vcs import BranchTip, Workspace
    from application.proposal import Proposal
    from application.use_cases.write_change import WriteChange
    from domain.issue import PullRequest
    from domain.outcome import Outcome

LABELS = frozenset({"ai-generated", "quickfix"})


class QuickFix:
    """A change goes straight to a pull request, one for each conversation.

    Every step looks for what an earlier attempt left: a commit on the branch that carries the task's id is used as it
    is, the pull request is found before it is made, and a branch by anybody else is never touched.
    """

    def __init__(self, write_change: WriteChange) -> None:
        self._write_change = write_change

    async def run(self, job: Job) -> Outcome:
        """Make the change, push it, open the pull request."""
        if found := await self._pull_request(job):
            return await self._finished(job, found)
        repository = await job.forge.repository(job.task.repository)
        source = await job.forge.git_source(job.task.repository)
        await job.events.record(StageReached(Stage.READING, f"cloning {repository.ref}"))
        async with job.vcs.open(source, repository.default_branch) as workspace:
            tip = await workspace.branch_tip(job.task.branch)
            if tip is None:
                return await self._from_the_start(job, workspace)
            if not _made_by(job, tip):
                return Refused(f"The branch `{job.task.branch}` was not made by this task. Rename or delete it.")
            return await self._from_the_commit(job, workspace, tip)

    async def _from_the_start(self, job: Job, workspace: Workspace) -> Outcome:
        result = await self._write_change.run(
            workspace, job.brief, events=job.events, deadline=job.deadline, spent=job.spent
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
                raise
            # An attempt that was thought dead has pushed while this one worked: its commit is as good as ours.
            return await self._from_the_commit(job, workspace, tip)
        await job.events.record(BranchPushed(job.task.branch, commit))
        facts = facts_of(proposal, job.task.asked_by, job.deadline.seconds_used())
        body = pull_request_body(job.task, message.body, facts)
        return await self._open(job, workspace.branch, message.subject, body)

    async def _from_the_commit(self, job: Job, workspace: Workspace, tip: BranchTip) -> Outcome:
        """Go on from the commit that an attempt before this one pushed, without asking the model again."""
        await job.events.record(StageReached(Stage.OPENING, f"{job.task.branch}, pushed by an earlier attempt"))
        subject, summary = subject_and_summary(tip)
        facts = (("Asked by", job.task.asked_by), ("Commit", f"{tip.commit[:12]}, made by an earlier attempt"))
        return await self._open(job, workspace.branch, subject, pull_request_body(job.task, summary, facts))

    async def _open(self, job: Job, base: str, title: str, body: str) -> Outcome:
        draft = PullRequestDraft(title=title, body=body, head=job.task.branch, base=base, draft=False)
        opened = await job.forge.open_pull_request(job.task.repository, draft)
        return await self._finished(job, opened)

    async def _finished(self, job: Job, pull_request: PullRequest) -> Outcome:
        key = IssueKey(job.task.repository, pull_request.number)
        await job.forge.add_labels(key, LABELS)
        await job.events.record(PullRequestOpened(pull_request.number, pull_request.url))
        return Done(pull_request.title, pull_request.url)

    async def _pull_request(self, job: Job) -> PullRequest | None:
        """The pull request of this conversation's branch, in whatever state people have brought it to."""
        found = await job.forge.pull_requests(job.task.repository, job.task.branch)
        return next((pull_request for pull_request in found if pull_request.head == job.task.branch), None)


def _made_by(job: Job, tip: BranchTip) -> bool:
    """Whether a commit is this very task's."""
    return tip.trailers.get(TASK_TRAILER) == job.task.id
