"""`/status`: how the conversation about an issue stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.dialogue import read_dialogue
from domain.dialogue import DialogueState
from domain.outcome import Answered

if TYPE_CHECKING:
    from application.dialogue import Dialogue
    from application.job import Job
    from application.texts.texts import Texts
    from domain.outcome import Outcome


class TellStatus:
    """Looks and says; nothing is changed."""

    async def run(self, job: Job) -> Outcome:
        """Read the conversation off the forge."""
        return Answered(_told(await read_dialogue(job.forge, job.task.issue), job.texts))


def _told(dialogue: Dialogue, texts: Texts) -> str:
    pull_request = dialogue.pull_request
    if pull_request is None or dialogue.state is DialogueState.IDLE:
        return texts.say("command.status_idle")
    where = f"[#{pull_request.number}]({pull_request.url})"
    if dialogue.state is DialogueState.READY:
        return texts.say("command.status_ready", where=where)
    return texts.say("command.status_planned", where=where)
