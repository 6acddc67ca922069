"""The comment that says once what came of a task.

The status comment is edited in place, and an edit notifies nobody: this one is made at the end, and whoever follows
the issue hears of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.ports.task_events import TaskEvents
from domain.events import AttemptEnded, PullRequestOpened, StageReached
from domain.marker import CommentRole, marker
from domain.outcome import Answered, Cancelled, Done, Failed, NothingToDo, Refused, RetryAt

if TYPE_CHECKING:
    from application.ports.forge import Forge
    from domain.events import Event
    from domain.outcome import Outcome
    from domain.task import Task


class SummaryComment(TaskEvents):
    """Written when the work has a result, or has failed for good; found by its marker when it is told again.

    A task on which no work began has none unless it failed: who may not ask gets one answer, not two.
    """

    def __init__(self, forge: Forge, task: Task) -> None:
        self._forge = forge
        self._task = task
        self._began = False
        self._pull_request: PullRequestOpened | None = None

    async def record(self, event: Event) -> None:
        """Write the comment when the attempt has ended, and the task with it."""
        match event:
            case StageReached():
                self._began = True
            case PullRequestOpened():
                self._began, self._pull_request = True, event
            case AttemptEnded():
                if text := self._text(event.outcome):
                    await self._write(text)

    def _text(self, outcome: Outcome) -> str:
        match outcome:
            case Failed():
                return "❌ I could not do this. My status comment above says why, and what would help."
            case Done() if self._pull_request and self._pull_request.draft:
                number, url = self._pull_request.number, self._pull_request.url
                return f"📝 [#{number}]({url}): {outcome.summary}"
            case Done() if self._pull_request:
                number, url = self._pull_request.number, self._pull_request.url
                return f"✅ Pull request [#{number}]({url}) is ready for review: {outcome.summary}"
            case NothingToDo(asks=True) if self._began:
                return (
                    f"❓ Before I can go on:\n\n{outcome.reason}\n\n"
                    "Answer in a new comment here; I go on when somebody with write permission has."
                )
            case NothingToDo() if self._began:
                return (
                    f"💬 I think that there is nothing to change here:\n\n{outcome.reason}\n\n"
                    f"If there is, say more in the issue, take the label off and put it on again."
                )
            case Refused() if self._began:
                return "⛔ I made no pull request. My status comment above says why, and what would help."
            case Answered() | Done() | NothingToDo() | Refused() | Cancelled() | RetryAt():
                return ""

    async def _write(self, text: str) -> None:
        own = marker(CommentRole.SUMMARY, self._task.id)
        await self._forge.upsert_comment(self._task.issue, own, f"{own}\n{text}\n")
