"""The label that says that a plan waits, where work on the conversation stopped in the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.dialogue import read_dialogue
from domain.dialogue import DialogueState

if TYPE_CHECKING:
    from application.job import Job

PENDING = frozenset({"plan-pending"})


async def label_truly(job: Job) -> None:
    """Set the issue's label where a plan waits, take it off where none does; raises what the forge raises."""
    dialogue = await read_dialogue(job.forge, job.task.issue)
    issue = await job.forge.issue(job.task.issue)
    waits = dialogue.state is DialogueState.PLANNED
    for label in PENDING:
        if waits and not issue.has_label(label):
            await job.forge.add_labels(job.task.issue, PENDING)
        if issue.has_label(label) and not waits:
            await job.forge.remove_label(job.task.issue, label)
