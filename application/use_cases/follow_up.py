"""More work on the agent's own pull request: what a review asks for, or a person's `/fix`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from application.admission import edited_since
from application.brief import Remark
from application.briefing import informed
from application.dialogue import read_dialogue
from application.publication import TASK_TRAILER, commit_message, subject_and_summary
from application.words_alone import NoChange, Questions
from domain.code_fences import fence_after
from domain.dialogue import DialogueState
from domain.events import BranchPushed, PullRequestOpened, Stage, StageReached
from domain.model_text import harmless
from domain.outcome import Done, NothingToDo, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.job import Job
    from application.ports.vcs import Workspace
    from application.use_cases.write_change import WriteChange
    from domain.issue import PullRequest, Review
    from domain.outcome import Outcome

_ANSWER = re.compile(r"[\s>*-]*\**R(\d{1,3})\**\s*[:.)-]\s*(.+)")


class FollowUp:
    """One more commit on the branch, on top of whatever people have added, and an answer to each remark."""

    def __init__(self, write_change: WriteChange) -> None:
        self._write_change = write_change

    async def run(self, job: Job) -> Outcome:
        """Read what is asked for, change the branch, answer."""
        dialogue = await read_dialogue(job.forge, job.task.issue)
        pull_request = dialogue.pull_request
        if pull_request is None or dialogue.state is not DialogueState.READY:
            return NothingToDo(job.texts.say("follow_up.none_open"))
        remarks = await self._remarks(job, pull_request)
        source = await job.forge.git_source(job.task.repository)
        await job.events.record(StageReached(Stage.READING, f"cloning {job.task.repository}"))
        async with job.vcs.open(source, pull_request.head) as workspace:
            tip = await workspace.branch_tip(pull_request.head)
            if tip and tip.trailers.get(TASK_TRAILER) == job.task.id:
                subject, summary = subject_and_summary(tip)
                return await self._answer(job, pull_request, remarks, tip.commit, subject, summary)
            return await self._change(job, pull_request, workspace, remarks)

    async def _remarks(self, job: Job, pull_request: PullRequest) -> tuple[Remark, ...]:
        """What the review says that asked for this; nothing where a command did."""
        found = await job.forge.reviews(job.task.repository, pull_request.number)
        asked = job.task.asked_in
        review = next((review for review in found if asked and review.id == asked.review_id), None)
        return _remarks_of(review) if review else ()

    async def _change(
        self, job: Job, pull_request: PullRequest, workspace: Workspace, remarks: tuple[Remark, ...]
    ) -> Outcome:
        issue = await job.forge.issue(job.task.issue)
        if edited_since(job.task, issue):
            return Refused(job.texts.say("refusal.edited_since"))
        brief = replace(job.brief, title=issue.title, body=issue.body, remarks=remarks)
        result = await self._write_change.run(
            workspace, await informed(job, brief), events=job.events, deadline=job.deadline, spent=job.spent
        )
        if isinstance(result, NoChange):
            return NothingToDo(harmless(result.reason))
        if isinstance(result, Questions):
            return NothingToDo(harmless(result.text))
        message = commit_message(result, ((TASK_TRAILER, job.task.id),))
        await job.events.record(StageReached(Stage.OPENING, pull_request.head))
        commit = await workspace.push(pull_request.head, result.changes, message)
        await job.events.record(BranchPushed(pull_request.head, commit))
        return await self._answer(job, pull_request, remarks, commit, message.subject, message.body)

    async def _answer(
        self, job: Job, pull_request: PullRequest, remarks: Sequence[Remark], commit: str, title: str, summary: str
    ) -> Outcome:
        """Answer each remark where it stands; what the model says of it, or else the commit alone."""
        answers = _answers(summary)
        marker = f"<!-- coding-agent:answer {job.task.id} -->"
        for number, remark in enumerate(remarks, 1):
            if remark.id:
                text = job.texts.say("follow_up.answer", text=answers.get(number, title), commit=commit[:12])
                await job.forge.reply_to_review(
                    job.task.repository, pull_request.number, remark.id, marker, f"{marker}\n{text}"
                )
        await job.events.record(PullRequestOpened(pull_request.number, pull_request.url))
        return Done(f"{title} ({commit[:12]})", pull_request.url)


def _answers(summary: str) -> dict[int, str]:
    """What a harmless summary says of each remark; a line of code is left alone, for alone it would be code no more."""
    answers, fence = {}, ""
    for line in summary.splitlines():
        fence, opened = fence_after(line, fence), fence
        if not (fence or opened) and (found := _ANSWER.fullmatch(line)):
            answers[int(found[1])] = found[2].strip()
    return answers


def _remarks_of(review: Review) -> tuple[Remark, ...]:
    own = (Remark(0, review.author, review.body),) if review.body.strip() else ()
    return (
        *own,
        *(Remark(c.id, c.author, c.body, c.path, c.line, c.hunk) for c in review.comments),
    )
