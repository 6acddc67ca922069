"""`/retry`: what failed last is asked for again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from application.dialogue import read_dialogue
from application.past_tasks import past_tasks
from domain.outcome import Answered

if TYPE_CHECKING:
    from collections.abc import Callable

    from application.job import Job
    from application.use_cases.obey_command import Handler
    from domain.outcome import Outcome
    from domain.task import TaskKind

_ENDED_BADLY = frozenset({"failed", "refused"})


class RetryTask:
    """The same request, asked by whoever wrote `/retry`, as a task of its own with a budget of its own.

    An approval that is repeated so is bound to the words that were approved then: it counts only while the plan has the
    same digest.
    """

    def __init__(self, handler: Callable[[TaskKind], Handler]) -> None:
        self._handler = handler

    async def run(self, job: Job) -> Outcome:
        """Find the last task about the issue; ask for it again if it failed or was refused."""
        dialogue = await read_dialogue(job.forge, job.task.issue)
        past = [past for past in await past_tasks(job.forge, dialogue) if past.id != job.task.id and past.state.kind]
        last = next((past.state for past in reversed(past) if past.state.ended), None)
        if last is None or last.kind is None or last.ended not in _ENDED_BADLY:
            return Answered(job.texts.say("command.nothing_failed"))
        issue = await job.forge.issue(job.task.issue)
        again = replace(job.task, kind=last.kind, command=last.command, title=issue.title, body=issue.body)
        return await self._handler(last.kind).run(replace(job, task=again))
