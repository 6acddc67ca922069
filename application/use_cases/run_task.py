"""One delivery of a task, from the lease to its end."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from application.admission import Admission
from application.deadline import Deadline
from application.effects import guarded
from application.events import Listeners
from application.guarded_vcs import GuardedVcs
from application.job import Job
from application.ports.forge import Forge
from application.status_comment import StatusComment
from domain.errors import (
    AnswerUnusable,
    BudgetExceeded,
    EditsRefused,
    InvalidInput,
    LeaseLost,
    PermanentError,
    PermissionRefused,
    QueueUnavailable,
    TransientError,
)
from domain.events import AttemptEnded, AttemptStarted
from domain.issue import Reaction
from domain.model_text import harmless
from domain.outcome import Done, Failed, Refused, RetryAt
from domain.task import Mode, TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from application.ports.clock import Clock
    from application.ports.task_events import TaskEvents
    from application.ports.task_queue import Lease
    from application.ports.vcs import Vcs
    from application.status_comment import TaskState
    from domain.cancellation import Cancellation
    from domain.issue import Issue
    from domain.outcome import Cancelled, Outcome
    from domain.policy import Policy
    from domain.task import Task

_log = logging.getLogger(__name__)

_DELAYS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=6), timedelta(minutes=10))
_LONGEST_WAIT_ASKED_FOR = timedelta(hours=1)
_ATTEMPTS_TO_REPORT = 5
_PROBLEMS_TOLD = 10
_LONGEST_REASON = 2_000
_SECONDS_UNTIL_ASKED_AGAIN = 3.0
_SECONDS_BETWEEN_LOOKS = 30.0
"""How often the holder of a task looks whether the issue is still open and labelled: a webhook may have been lost."""


class Handler(Protocol):
    """A use case that works on a task of one kind."""

    async def run(self, job: Job) -> Outcome:
        """Do the work; raise a `domain.errors` class where it cannot be done."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How tasks are run: how often, how long, for which mode when no label says, and what starts one."""

    max_attempts: int
    deadline_seconds: float
    default_mode: Mode
    trigger_label: str
    assignee: str


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
        handlers: Mapping[Mode, Callable[[], Handler]],
        listener: Callable[[Task], TaskEvents],
        rules: Rules,
    ) -> None:
        self._forge = forge
        self._vcs = vcs
        self._clock = clock
        self._policy = policy
        self._handlers = handlers
        self._listener = listener
        self._rules = rules

    async def run(self, lease: Lease) -> Outcome | None:
        """Work on the task and settle the lease; None when the lease was lost, and somebody else settles it.

        Cancelled from outside, the work stops at once and the task is handed back, unless it was settled just then.
        """
        try:
            outcome = await self._told_outcome(lease)
            await self._settle(lease, outcome)
        except LeaseLost:
            return None
        except asyncio.CancelledError:
            with suppress(LeaseLost, QueueUnavailable):
                await lease.hand_back()
            raise
        return outcome

    async def _told_outcome(self, lease: Lease) -> Outcome:
        task = lease.task
        listener = self._listener(task)
        deadline = Deadline(self._clock, self._rules.deadline_seconds)
        if not self._policy.serves(task.repository.full_name):
            outcome: Outcome = Failed(
                f"{task.repository} is not among the repositories that are served (ALLOWED_REPOSITORIES)."
            )
            await listener.record(AttemptEnded(outcome, deadline.seconds_used()))
            return outcome
        forge = guarded(self._forge, Forge, lease)
        status = StatusComment(forge, task)
        told: Outcome | None = None
        try:
            state = await status.load()
            if state.ended:
                return _ended_before(state)
            events = Listeners(status, listener)
            job = Job(task, forge, GuardedVcs(self._vcs, lease), events, deadline, state.spend)
            await events.record(AttemptStarted(lease.attempt))
            told = await self._outcome(lease, job)
            await events.record(AttemptEnded(told, deadline.seconds_used()))
        except TransientError as error:
            outcome = self._untold(lease, told, error)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - a task on which the worker dies would kill the next one too
            outcome = _failed(task, error)
        else:
            return told
        ended = AttemptEnded(outcome, deadline.seconds_used())
        if told is None:
            with suppress(Exception):  # what could not be read may perhaps be written
                await status.record(ended)
        await listener.record(ended)
        return outcome

    async def _outcome(self, lease: Lease, job: Job) -> Outcome:
        """How the attempt ends, whatever is raised."""
        try:
            return await self._attempt(lease, job)
        except TransientError as error:
            return self._again(lease, error) if job.deadline.seconds_left() else self._too_long()
        except EditsRefused as error:
            return Refused(_with_problems(error))
        except (AnswerUnusable, BudgetExceeded, PermissionRefused) as error:
            return Refused(_words(error))
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - the last line of defence: no mistake may leave the issue at "started"
            return _failed(job.task, error)

    async def _attempt(self, lease: Lease, job: Job) -> Outcome:
        if lease.attempt > self._rules.max_attempts:
            history = "; ".join(attempt.reason for attempt in job.task.history[-3:]) or "the worker died each time"
            return Failed(f"Given up after {self._rules.max_attempts} attempts: {history}.")
        admission = Admission(
            job.forge, self._policy, trigger_label=self._rules.trigger_label, assignee=self._rules.assignee
        )
        if lease.cancelled and (end := await admission.confirmed(job.task, lease.cancelled)):
            return end
        issue = await job.forge.issue(job.task.issue)
        if objection := await admission.objection(job.task, issue):
            return objection
        await job.forge.react(job.task.issue, Reaction.EYES)
        return await self._watched(lease, job, admission, self._handler(job.task, issue))

    def _handler(self, task: Task, issue: Issue) -> Handler:
        """The use case for the task's kind; a start is decided by the labels as they are now, the careful one first."""
        if task.kind in {TaskKind.QUICKFIX, TaskKind.PLAN}:
            return self._handlers[Mode(task.kind.value)]()
        if task.kind is not TaskKind.START:
            message = f"This worker does not know tasks of the kind `{task.kind}`: it is older than who queued it."
            raise InvalidInput(message)
        for mode in (Mode.PLAN, Mode.QUICKFIX):
            if issue.has_label(mode.value):
                return self._handlers[mode]()
        return self._handlers[self._rules.default_mode]()

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
            return self._too_long()
        finally:
            await _end(running)

    def _too_long(self) -> Failed:
        """No second attempt: it would take as long."""
        return Failed(f"Not finished within {self._rules.deadline_seconds:g} s, the time limit for an attempt.")

    def _again(self, lease: Lease, error: TransientError) -> Outcome:
        """A later attempt, with growing delay; a failure once there have been enough."""
        if lease.attempt >= self._rules.max_attempts:
            return Failed(f"Given up after {lease.attempt} attempts: {_words(error)}")
        return RetryAt(self._later(lease, error), _words(error))

    def _untold(self, lease: Lease, outcome: Outcome | None, error: TransientError) -> Outcome:
        """What could not be told is told by a later attempt, one beyond the limit if need be, for it only reports."""
        reason = _words(error)
        if isinstance(outcome, Done) and outcome.pull_request:
            reason = f"The pull request {outcome.pull_request} is open, but that could not be told: {reason}"
        if lease.attempt >= self._rules.max_attempts + _ATTEMPTS_TO_REPORT:
            return Failed(reason)
        return RetryAt(self._later(lease, error), reason)

    def _later(self, lease: Lease, error: TransientError) -> datetime:
        """When to try again: what the other side asks for is respected within reason."""
        delay = _DELAYS[min(lease.retries, len(_DELAYS) - 1)]
        asked = min(error.retry_after or delay, _LONGEST_WAIT_ASKED_FOR)
        return self._clock.now() + max(delay, asked)

    async def _settle(self, lease: Lease, outcome: Outcome) -> None:
        """End the lease. While the queue is away it is still held, so this goes on until it is ended or lost."""
        while True:
            try:
                return await _end_lease(lease, outcome)
            except QueueUnavailable as error:
                _log.warning("task %s cannot be settled yet: %s", lease.task.id, error)
                await self._clock.sleep(_SECONDS_UNTIL_ASKED_AGAIN)


async def _end_lease(lease: Lease, outcome: Outcome) -> None:
    match outcome:
        case RetryAt():
            await lease.retry(outcome.at, outcome.reason)
        case Failed():
            await lease.dead(outcome.reason)
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


def _ended_before(state: TaskState) -> Outcome:
    """An earlier attempt told the result and died before it could say so to the queue."""
    return Failed(state.reason) if state.ended == "failed" else Done("told by an earlier attempt")


def _failed(task: Task, error: Exception) -> Failed:
    """What cannot be done, in the error's own words; a mistake of ours goes into the log."""
    if isinstance(error, PermanentError):
        return Failed(_words(error))
    _log.error("task %s ended in a mistake of the agent's own", task.id, exc_info=error)
    return Failed(f"The agent itself made a mistake ({type(error).__name__}); the worker's log has the details.")


def _words(error: Exception) -> str:
    """The error's words, fit to be published, and short enough to be kept in a task's history."""
    words = harmless(str(error))
    return words if len(words) <= _LONGEST_REASON else f"{words[:_LONGEST_REASON]}…"


def _with_problems(error: EditsRefused) -> str:
    told = [f"- {harmless(problem)}" for problem in error.problems[:_PROBLEMS_TOLD]]
    more = len(error.problems) - len(told)
    return "\n".join([_words(error), "", *told, *([f"- and {more} more"] if more else [])])
