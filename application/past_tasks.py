"""What became of earlier tasks about an issue, read off the agent's own status comments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.task_state import decoded
from domain.marker import CommentRole, marked_task

if TYPE_CHECKING:
    from datetime import datetime

    from application.dialogue import Dialogue
    from application.ports.forge import Forge
    from application.task_state import TaskState


@dataclass(frozen=True, slots=True)
class PastTask:
    """A task, what its status comment keeps of it, and when that was last written (UTC)."""

    id: str
    state: TaskState
    told_at: datetime


async def past_tasks(forge: Forge, dialogue: Dialogue) -> list[PastTask]:
    """The tasks that were told of on the issue and on its pull request, the latest told last."""
    threads = dict.fromkeys([dialogue.issue, dialogue.thread])
    comments = [comment for thread in threads for comment in await forge.comments(thread)]
    found = [
        PastTask(task, decoded(comment.body), comment.updated_at)
        for comment in comments
        if comment.author == dialogue.agent and (task := marked_task(CommentRole.STATUS, comment.body))
    ]
    return sorted(found, key=lambda past: past.told_at)
