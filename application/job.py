"""One attempt at a task, as a use case sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from application.brief import Brief
from application.texts.texts import ENGLISH
from domain.command import command_in
from domain.command_argument import read_argument
from domain.conversation import Spend

if TYPE_CHECKING:
    from application.audit import TaskAudit
    from application.deadline import Deadline
    from application.ports.forge import Forge
    from application.ports.task_events import TaskEvents
    from application.ports.vcs import Vcs
    from application.texts.texts import Texts
    from domain.task import Mode, Task


@dataclass(frozen=True, slots=True)
class Job:
    """The task with what it is worked on with: `forge` and `vcs` refuse every effect once the lease is lost.

    `spent` is what earlier attempts have spent; `comment_id` the comment that asked, where it was one. `default_mode`
    is set where only the operator's default says what to do. `comments_by_anybody`: whether comments by people without
    write permission are shown to the model. `texts`: the agent's words in the language of the issue.
    """

    task: Task
    forge: Forge
    vcs: Vcs
    events: TaskEvents
    deadline: Deadline
    audit: TaskAudit
    texts: Texts = ENGLISH
    spent: Spend = field(default_factory=Spend)
    attempt: int = 1
    comment_id: int | None = None
    default_mode: Mode | None = None
    comments_by_anybody: bool = False

    @property
    def brief(self) -> Brief:
        """The request as it stood in the event, with what was written behind the command where one asked for it."""
        said = read_argument(command.argument if (command := command_in(self.task.command)) else "")
        return Brief(self.task.title, self.task.body, wishes=said.words, budget_usd=said.budget_usd)
