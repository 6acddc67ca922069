"""What a command in a comment asks for, where the conversation stands now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.dialogue import read_dialogue
from domain.command import command_in
from domain.dialogue import CommandName, NotNow, Step, step
from domain.outcome import Answered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from application.dialogue import Dialogue
    from application.handlers import Handler
    from application.job import Job
    from application.texts.texts import Texts
    from domain.outcome import Outcome
    from domain.task import Task


class ObeyCommand:
    """Each command does one thing in each state of the conversation, or says why it does nothing there.

    What this very task has begun it goes on with, although the conversation stands elsewhere because of that.
    """

    def __init__(self, steps: Mapping[Step, Callable[[], Handler]]) -> None:
        self._steps = steps

    async def run(self, job: Job) -> Outcome:
        """Find the step, and take it."""
        found = command_in(job.task.command)
        name = found.name if found else ""
        if name not in {known.value for known in CommandName}:
            return Answered(job.texts.say("command.unknown", name=name))
        command = CommandName(name)
        if command is CommandName.HELP:
            return Answered(job.texts.say("command.help"))
        dialogue = await read_dialogue(job.forge, job.task.issue)
        if _is_on_anothers(job.task, dialogue):
            return Answered(job.texts.say("command.others_pull_request"))
        what = _step(command, dialogue, job.task)
        if isinstance(what, NotNow):
            return Answered(why_not(what, job.texts))
        return await self._steps[what]().run(job)


def _is_on_anothers(task: Task, dialogue: Dialogue) -> bool:
    """Whether it was said on a pull request that is not the agent's latest for this issue, nor made by this task."""
    asked, own = task.asked_in, dialogue.pull_request
    if asked is None or not asked.on_pull_request:
        return False
    return own is None or (own.number != asked.number and own.head != task.branch)


def _step(command: CommandName, dialogue: Dialogue, task: Task) -> Step | NotNow:
    """The step of the state machine, or the one that this task is in the middle of."""
    begun = {CommandName.PLAN: Step.PLAN, CommandName.FIX: Step.FIX}
    own = dialogue.pull_request
    if command in begun and own is not None and own.head == task.branch:
        return begun[command]
    carried_out_by = dialogue.plan.state.carried_out_by if dialogue.plan else ""
    if command is CommandName.APPROVE and carried_out_by == task.id:
        return Step.EXECUTE
    if command is CommandName.REJECT and dialogue.has_a_plan_that_was_dropped:
        return Step.REJECT
    return step(command, dialogue.state)


def why_not(reason: NotNow, texts: Texts) -> str:
    """In words, with what helps."""
    match reason:
        case NotNow.PLAN_IS_WAITING:
            return texts.say("command.plan_is_waiting")
        case NotNow.NO_PLAN:
            return texts.say("command.no_plan")
        case NotNow.PULL_REQUEST_IS_OPEN:
            return texts.say("command.pull_request_is_open")
