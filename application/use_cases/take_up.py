"""What is looked at before anybody sees that a task was taken: whether it asks for anything, and who asks."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from application.dialogue import read_dialogue
from application.open_questions import resumed
from application.use_cases.end_plan import EndPlan
from domain.audit import AuditAction
from domain.cancellation import Cancellation, CancelReason
from domain.command import command_in
from domain.outcome import NothingToDo, Refused
from domain.task import TaskKind

if TYPE_CHECKING:
    from application.admission import Admission
    from application.job import Job
    from domain.outcome import Outcome
    from domain.policy import Policy


_IDS = re.compile(r"<!-- coding-agent:told ([0-9a-f]{64}) -->")
_MOST_IDS = 50


async def taken_up(job: Job, policy: Policy, admission: Admission) -> Job | Outcome:
    """The job that a task is, or what came of it where there is nothing to tell on the issue.

    Raises what the forge raises.
    """
    match job.task.kind:
        case TaskKind.ANSWER:
            return await _answer(job, policy)
        case TaskKind.COMMAND:
            return await _command(job, policy)
        case TaskKind.REVIEW:
            return await _review(job, policy)
        case TaskKind.TIDY:
            return await _tidy(job, admission)
        case _:
            return job


async def _tidy(job: Job, admission: Admission) -> Outcome:
    """A plan ends with what it stood on only while that is gone: an event may be old, or told again."""
    reasons = {reason.value: reason for reason in CancelReason}
    wish = Cancellation(job.task.asked_by, job.task.asked_at, reasons.get(job.task.command, CancelReason.CLOSED))
    if await admission.confirmed(job.task, (wish,)) is None:
        return NothingToDo("what the plan stands on is still there")
    return await EndPlan().run(job)


async def _answer(job: Job, policy: Policy) -> Job | Outcome:
    found = await resumed(job.task, job.forge, policy)
    if found is None:
        return NothingToDo("no questions are open that this comment could answer")
    return replace(job, task=found.task, comment_id=found.comment_id)


async def _command(job: Job, policy: Policy) -> Job | Outcome:
    """A command counts when its author may give it; who may not is told so, once on each thread."""
    task = job.task
    if policy.may_ask(await job.forge.permission(task.repository, task.asked_by)):
        return replace(job, comment_id=task.asked_in.comment_id if task.asked_in else None)
    await job.audit.note(AuditAction.REFUSED, task.asked_by)
    who = hashlib.sha256(task.asked_by.casefold().encode()).hexdigest()[:16]
    marker = f"<!-- coding-agent:declined {who} -->"
    command = command_in(task.command)
    words = job.texts.say("command.not_allowed", who=task.asked_by, name=command.name if command else "")
    own = await job.forge.agent_login()
    there = [c.body for c in await job.forge.comments(task.place) if c.author == own and marker in c.body]
    told = _IDS.findall(there[0])[-_MOST_IDS:] if there else []
    if task.id not in told:
        # An edit notifies nobody; the ids tell whoever looks for unanswered commands that these are answered.
        ids = "".join(f"<!-- coding-agent:told {each} -->\n" for each in [*told, task.id])
        await job.forge.upsert_comment(task.place, marker, f"{marker}\n{ids}{words}\n")
    return Refused(words)


async def _review(job: Job, policy: Policy) -> Job | Outcome:
    """A review asks for work when it is on the agent's own pull request, by somebody who may ask for it."""
    task = job.task
    dialogue = await read_dialogue(job.forge, task.issue)
    if dialogue.pull_request is None or dialogue.thread != task.place:
        return NothingToDo("the review is not on a pull request of the agent's")
    if not policy.may_ask(await job.forge.permission(task.repository, task.asked_by)):
        return NothingToDo(f"{task.asked_by} may not ask for work here")
    return job
