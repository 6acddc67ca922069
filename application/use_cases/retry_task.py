"""`/retry`: what failed last is asked for again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from application.admission import edited_since
from application.dialogue import read_dialogue
from application.past_tasks import past_tasks
from application.use_cases.obey_command import why_not
from domain.command import command_in
from domain.command_argument import read_argument
from domain.dialogue import CommandName, NotNow, step
from domain.outcome import Answered, Refused
from domain.task import BEGIN_OR_GO_ON

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from application.dialogue import Dialogue
    from application.handlers import Handlers
    from application.job import Job
    from application.task_state import TaskState
    from domain.dialogue import Step
    from domain.outcome import Outcome
    from domain.task import Task, TaskKind

_ENDED_BADLY = frozenset({"failed", "refused"})


class RetryTask:
    """The same request, asked by whoever wrote `/retry`, as a task of its own with a budget of its own.

    An approval that is repeated so is bound to the words that were approved then: it counts only while the plan has the
    same digest.
    """

    def __init__(self, handlers: Callable[[], Handlers]) -> None:
        self._handlers = handlers

    async def run(self, job: Job) -> Outcome:
        """Find the last task about the issue; ask for it again if it failed or was refused."""
        dialogue = await read_dialogue(job.forge, job.task.issue)
        told = [past.state for past in await past_tasks(job.forge, dialogue) if past.id != job.task.id]
        last = _last_that_failed(told)
        if last is None or last.kind is None:
            return Answered(job.texts.say("command.nothing_failed"))
        if isinstance(obstacle := _obstacle(last.kind, dialogue, job.task), NotNow):
            return Answered(why_not(obstacle, job.texts))
        issue = await job.forge.issue(job.task.issue)
        if edited_since(job.task, issue):
            return Refused(job.texts.say("refusal.edited_since"))
        asked_in = replace(job.task.asked_in, review_id=last.review) if job.task.asked_in else None
        words = _command(last)
        again = replace(job.task, kind=last.kind, command=words, title=issue.title, body=issue.body, asked_in=asked_in)
        return await self._handlers().handler(last.kind, issue).run(replace(job, task=again))


def _obstacle(kind: TaskKind, dialogue: Dialogue, task: Task) -> Step | NotNow | None:
    """Why no conversation may begin again: another has begun meanwhile, and not by this very task."""
    own = dialogue.pull_request
    if kind not in BEGIN_OR_GO_ON or (own is not None and own.head == task.branch):
        return None
    return step(CommandName.PLAN, dialogue.state)


def _last_that_failed(told: Sequence[TaskState]) -> TaskState | None:
    """The latest task that ended badly with nothing better after it; a retry of it stands for what it tried again.

    An approval that did not count is none: to ask for that again is to approve, and takes `/approve`.
    """
    for state in reversed(told):
        if state.ended in {"", "answered"}:
            continue
        if state.ended not in _ENDED_BADLY:
            return None
        name = found.name if (found := command_in(state.command)) else ""
        if name == CommandName.APPROVE and not state.digest:
            return None
        if name != CommandName.RETRY:
            return state
    return None


def _command(last: TaskState) -> str:
    """The command again; an approval names the digest of the words that were approved."""
    found = command_in(last.command)
    if found is None or found.name != CommandName.APPROVE:
        return last.command
    words = read_argument(found.argument, with_digest=True).words
    return f"/{CommandName.APPROVE} {last.digest}\n{words}"
