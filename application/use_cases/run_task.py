"""One delivery of a task, from the lease to its end."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from application.admission import Admission
from application.audit import TaskAudit
from application.deadline import Deadline
from application.effects import guarded
from application.end_words import ended_before, ended_by, words
from application.events import Listeners
from application.guarded_vcs import GuardedVcs
from application.job import Job
from application.pending_label import label_truly
from application.ports.audit_log import AuditLog
from application.ports.forge import Forge
from application.status_comment import StatusComment
from application.summary_comment import SummaryComment
from application.texts.texts import texts_for
from application.use_cases.take_up import taken_up
from domain.audit import AuditAction
from domain.errors import AgentError, LeaseLost, QueueUnavailable, SecretFound, TransientError
from domain.events import AttemptEnded, AttemptStarted
from domain.issue import Reaction
from domain.outcome import Cancelled, Done, Failed, Refused, RetryAt
from domain.task import BEGIN_OR_GO_ON, TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from application.handlers import Handler, Handlers
    from application.ports.clock import Clock
    from application.ports.task_events import TaskEvents
    from application.ports.task_queue import Lease
    from application.ports.vcs import Vcs
    from application.texts.texts import LanguageChoice
    from domain.cancellation import Cancellation
    from domain.conversation import Spend
    from domain.outcome import Outcome
    from domain.policy import Policy
    from domain.task import Task

_log = logging.getLogger(__name__)

_DELAYS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=6), timedelta(minutes=10))
_LONGEST_WAIT_ASKED_FOR = timedelta(hours=1)
_ATTEMPTS_TO_REPORT = 5
_SECONDS_UNTIL_ASKED_AGAIN = 3.0
_SECONDS_BETWEEN_LOOKS = 30.0
"""How often the holder of a task looks whether the issue is still open and labelled: a webhook may have been lost."""


@dataclass(frozen=True, slots=True)
class _Told:
    """An outcome that was told, and what the task has cost in all by then."""

    outcome: Outcome
    spent: Spend


@dataclass(frozen=True, slots=True)
class Rules:
    """How tasks are run: how often, how long, what starts one, who is heard, and in which language."""

    max_attempts: int
    deadline_seconds: float
    trigger_label: str
    assignee: str
    comments_by_anybody: bool = False
    language: LanguageChoice = "auto"


class RunTask:
    """Turns every end of an attempt into the lease's end and into words on the issue; nothing else does.

    The words come before the lease's end, so a worker that dies in between leaves a task that is delivered again and
    found to be told already.
    """

    def __init__(
        self,
        *,
        forge: Forge,
        vcs: Vcs,
        clock: Clock,
        policy: Policy,
        handlers: Handlers,
        listener: Callable[[Task], TaskEvents],
        audit: AuditLog,
        rules: Rules,
    ) -> None:
        self._forge = forge
        self._vcs = vcs
        self._clock = clock
        self._policy = policy
        self._handlers = handlers
        self._listener = listener
        self._audit = audit
        self._rules = rules

    async def run(self, lease: Lease) -> Outcome | None:
        """Work on the task and settle the lease; None when the lease was lost, and somebody else settles it.

        Cancelled from outside, the work stops at once and the task is handed back, unless it was settled just then.
        """
        try:
            told = await self._told(lease)
            await self._settle(lease, told)
        except LeaseLost:
            return None
        except asyncio.CancelledError:
            with suppress(LeaseLost, QueueUnavailable):
                await lease.hand_back()
            raise
        return told.outcome

    async def _told(self, lease: Lease) -> _Told:
        """The outcome, told on the issue; what asks nothing of us is told to the log alone."""
        job = self._job(lease)
        outcome: Outcome
        if not self._policy.serves(job.task.repository.full_name):
            outcome = Failed(job.texts.say("failed.not_served", repository=str(job.task.repository)))
        else:
            found = await self._taken_up(lease, job)
            if isinstance(found, Job):
                return await self._worked(lease, found)
            outcome = found
        await job.events.record(AttemptEnded(outcome, job.deadline.seconds_used()))
        return _Told(outcome, lease.spent)

    def _job(self, lease: Lease) -> Job:
        """The task as it was delivered; its events go to the log alone."""
        task = lease.task
        return Job(
            task=task,
            forge=guarded(self._forge, Forge, lease),
            vcs=GuardedVcs(self._vcs, lease),
            events=self._listener(task),
            deadline=Deadline(self._clock, self._rules.deadline_seconds),
            audit=TaskAudit(guarded(self._audit, AuditLog, lease), self._clock, task, lease.attempt),
            attempt=lease.attempt,
            comments_by_anybody=self._rules.comments_by_anybody,
            texts=texts_for(self._rules.language, f"{task.title}\n\n{task.body}"),
        )

    async def _taken_up(self, lease: Lease, job: Job) -> Job | Outcome:
        """The job that the task is, or the outcome where it is none."""
        try:
            return await taken_up(job, self._policy, self._admission(job))
        except TransientError as error:
            return self._untold(lease, job, None, error)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - a task on which the worker dies would kill the next one too
            return ended_by(job.task, error)

    async def _worked(self, lease: Lease, job: Job) -> _Told:
        """The outcome with what the status comment counts: the queue's account of the spend, or its own if larger."""
        status = StatusComment(job.forge, job.task, job.texts, spent=lease.spent)
        outcome = await self._outcome_told_in(status, lease, job)
        return _Told(outcome, status.state.spend)

    async def _outcome_told_in(self, status: StatusComment, lease: Lease, job: Job) -> Outcome:
        told: Outcome | None = None
        try:
            state = await status.load()
            if state.ended:
                return ended_before(state)
            told_twice = job.task.kind in BEGIN_OR_GO_ON
            events = Listeners(*[SummaryComment(job.forge, job.task, job.texts)] * told_twice, status, job.events)
            await events.record(AttemptStarted(lease.attempt))
            told = await self._outcome(lease, replace(job, events=events, spent=state.spend))
            await events.record(AttemptEnded(told, job.deadline.seconds_used()))
        except TransientError as error:
            outcome = self._untold(lease, job, told, error)
        except LeaseLost:
            raise
        except SecretFound as error:  # in the words of the outcome: it is told without them
            outcome, told = ended_by(job.task, error), None
        except Exception as error:  # noqa: BLE001 - a task on which the worker dies would kill the next one too
            outcome = ended_by(job.task, error)
        else:
            return told
        ended = AttemptEnded(outcome, job.deadline.seconds_used())
        if told is None:
            with suppress(Exception):  # what could not be read may perhaps be written
                await status.record(ended)
        await job.events.record(ended)
        return outcome

    async def _outcome(self, lease: Lease, job: Job) -> Outcome:
        """How the attempt ends; one that is not gone on with leaves no label that lies."""
        outcome = await self._ended(lease, job)
        if isinstance(outcome, (Failed, Cancelled)):
            with suppress(AgentError):
                await label_truly(job)
        return outcome

    async def _ended(self, lease: Lease, job: Job) -> Outcome:
        """How the attempt ends, whatever is raised; who ended it goes on record."""
        try:
            outcome = await self._attempt(lease, job)
            if isinstance(outcome, Cancelled):
                await job.audit.note(AuditAction.CANCELLED, outcome.by)
        except TransientError as error:
            return self._again(lease, job, error) if job.deadline.seconds_left() else self._too_long(job)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - the last line of defence: no mistake may leave the issue at "started"
            return ended_by(job.task, error)
        return outcome

    def _admission(self, job: Job) -> Admission:
        return Admission(
            job.forge,
            self._policy,
            trigger_label=self._rules.trigger_label,
            assignee=self._rules.assignee,
            texts=job.texts,
        )

    async def _attempt(self, lease: Lease, job: Job) -> Outcome:
        if lease.attempt > self._rules.max_attempts:
            history = "; ".join(attempt.reason for attempt in job.task.history[-3:])
            return _given_up(job, self._rules.max_attempts, f"{history or job.texts.say('failed.worker_died')}.")
        admission = self._admission(job)
        if lease.cancelled and (end := await admission.confirmed(job.task, lease.cancelled)):
            return end
        issue = await job.forge.issue(job.task.issue)
        if objection := await admission.objection(job.task, issue):
            if isinstance(objection, Refused):
                await job.audit.note(AuditAction.REFUSED, job.task.asked_by)
            return objection
        # What was asked goes on record, and people see that it was seen, before anything that takes time.
        answered = job.task.kind is TaskKind.ANSWER
        await job.audit.note(AuditAction.ANSWERED if answered else AuditAction.ASKED, job.task.asked_by)
        await job.forge.react(job.task.place, Reaction.EYES, job.comment_id)
        if job.task.kind in BEGIN_OR_GO_ON and (open_already := await admission.open_conversation(job.task)):
            return open_already
        return await self._watched(lease, job, admission, self._handlers.handler(job.task.kind, issue))

    async def _watched(self, lease: Lease, job: Job, admission: Admission, handler: Handler) -> Outcome:
        """The handler's outcome, unless a person, the deadline or the loss of the lease comes first."""
        work = asyncio.create_task(handler.run(job))
        stopped = asyncio.create_task(_stopped(lease, job.task, admission, self._clock))
        lost = asyncio.create_task(lease.wait_lost())
        running: tuple[asyncio.Task[object], ...] = (work, stopped, lost)
        try:
            await asyncio.wait(running, timeout=job.deadline.seconds_left(), return_when=asyncio.FIRST_COMPLETED)
            if work.cancelled():
                message = "the work was stopped, and nobody had asked for that"
                raise RuntimeError(message)
            if work.done():
                return work.result()
            if lost.done():
                message = "the lease was lost while the task was worked on"
                raise LeaseLost(message)
            if stopped.done():
                return stopped.result()
            return self._too_long(job)
        finally:
            await _end(running)

    def _too_long(self, job: Job) -> Failed:
        """No second attempt: it would take as long."""
        return Failed(job.texts.say("failed.too_long", seconds=f"{self._rules.deadline_seconds:g}"))

    def _again(self, lease: Lease, job: Job, error: TransientError) -> Outcome:
        """A later attempt, with growing delay; a failure once there have been enough."""
        if lease.attempt >= self._rules.max_attempts:
            return _given_up(job, lease.attempt, words(error))
        return RetryAt(self._later(lease, error), words(error))

    def _untold(self, lease: Lease, job: Job, outcome: Outcome | None, error: TransientError) -> Outcome:
        """What could not be told is told by a later attempt, one beyond the limit if need be, for it only reports."""
        reason = words(error)
        if isinstance(outcome, Done) and outcome.pull_request:
            reason = job.texts.say("failed.untold", pull_request=outcome.pull_request, reason=reason)
        if lease.attempt >= self._rules.max_attempts + _ATTEMPTS_TO_REPORT:
            return Failed(reason)
        return RetryAt(self._later(lease, error), reason)

    def _later(self, lease: Lease, error: TransientError) -> datetime:
        """When to try again: what the other side asks for is respected within reason."""
        delay = _DELAYS[min(lease.retries, len(_DELAYS) - 1)]
        asked = min(error.retry_after or delay, _LONGEST_WAIT_ASKED_FOR)
        return self._clock.now() + max(delay, asked)

    async def _settle(self, lease: Lease, told: _Told) -> None:
        """End the lease. While the queue is away it is still held, so this goes on until it is ended or lost."""
        while True:
            try:
                return await _end_lease(lease, told)
            except QueueUnavailable as error:
                _log.warning("task %s cannot be settled yet: %s", lease.task.id, error)
                await self._clock.sleep(_SECONDS_UNTIL_ASKED_AGAIN)


def _given_up(job: Job, attempts: int, reason: str) -> Failed:
    return Failed(job.texts.say("failed.given_up", attempts=str(attempts), reason=reason))


async def _end_lease(lease: Lease, told: _Told) -> None:
    match told.outcome:
        case RetryAt(at, reason):
            await lease.retry(at, reason, spent=told.spent)
        case Failed(reason):
            await lease.dead(reason, spent=told.spent)
        case _:
            await lease.done()


async def _stopped(lease: Lease, task: Task, admission: Admission, clock: Clock) -> Cancelled:
    """Return once a person has ended the work: the forge bears out a wish, or shows it although nobody has told us."""
    while True:
        wishes = await _wishes(lease, clock)
        with suppress(TransientError):
            if end := await admission.confirmed(task, wishes):
                return end
        if wishes:
            await clock.sleep(_SECONDS_UNTIL_ASKED_AGAIN)


async def _wishes(lease: Lease, clock: Clock) -> tuple[Cancellation, ...]:
    """The wishes to stop as soon as there are any; none once it is time to look at the issue all the same."""
    asked = asyncio.create_task(lease.wait_cancelled())
    late = asyncio.create_task(clock.sleep(_SECONDS_BETWEEN_LOOKS))
    try:
        await asyncio.wait({asked, late}, return_when=asyncio.FIRST_COMPLETED)
        return asked.result() if asked.done() else ()
    finally:
        await _end((asked, late))


async def _end(running: tuple[asyncio.Task[object], ...]) -> None:
    """Cancel what still runs and wait until it has stopped, so that no effect comes after the outcome."""
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
