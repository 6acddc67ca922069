"""One attempt at a task, as a use case sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.brief import Brief
from application.texts.texts import Texts
from domain.conversation import Spend
from domain.language import Language

if TYPE_CHECKING:
    from application.audit import TaskAudit
    from application.deadline import Deadline
    from application.ports.forge import Forge
    from application.ports.task_events import TaskEvents
    from application.ports.vcs import Vcs
    from domain.task import Task


@dataclass(frozen=True, slots=True)
class Job:
    """The task with what it is worked on with: `forge` and `vcs` refuse every effect once the lease is lost.

    `texts` are the agent's own words in the issue's language. `spent` is what earlier attempts have spent;
    `comment_id` the comment that asked, where it was one.
    """

    task: Task
    forge: Forge
    vcs: Vcs
    events: TaskEvents
    deadline: Deadline
    audit: TaskAudit
    texts: Texts = field(default_factory=lambda: Texts(Language.ENGLISH))
    spent: Spend = field(default_factory=Spend)
    attempt: int = 1
    comment_id: int | None = None

    @property
    def brief(self) -> Brief:
        """The request as it stood in the event."""
        return Brief(self.task.title, self.task.body)
