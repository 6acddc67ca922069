"""The comment that says once what came of a task.

The status comment is edited in place, and an edit notifies nobody: this one is made at the end, and whoever follows
the issue hears of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.ports.task_events import TaskEvents
from application.texts.texts import ENGLISH
from domain.events import AttemptEnded, PullRequestOpened, StageReached
from domain.marker import CommentRole, marker
from domain.outcome import Answered, Cancelled, Done, Failed, NothingToDo, Refused, RetryAt

if TYPE_CHECKING:
    from application.ports.forge import Forge
    from application.texts.texts import Texts
    from domain.events import Event
    from domain.outcome import Outcome
    from domain.task import Task


class SummaryComment(TaskEvents):
    """Written when the work has a result, or has failed for good; found by its marker when it is told again.

    A task on which no work began has none unless it failed: who may not ask gets one answer, not two.
    """

    def __init__(self, forge: Forge, task: Task, texts: Texts = ENGLISH) -> None:
        self._forge = forge
        self._task = task
        self._texts = texts
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
                return self._texts.say("summary.failed")
            case Done() if self._pull_request and self._pull_request.draft:
                number, url = self._pull_request.number, self._pull_request.url
                return f"📝 [#{number}]({url}): {outcome.summary}"
            case Done() if self._pull_request:
                link = f"[#{self._pull_request.number}]({self._pull_request.url})"
                return self._texts.say("summary.ready", pull_request=link, summary=outcome.summary)
            case NothingToDo(asks=True) if self._began:
                return self._texts.say("summary.asks", questions=outcome.reason)
            case NothingToDo() if self._began:
                return self._texts.say("summary.nothing", reason=outcome.reason)
            case Refused() if self._began:
                return self._texts.say("summary.refused")
            case Answered() | Done() | NothingToDo() | Refused() | Cancelled() | RetryAt():
                return ""

    async def _write(self, text: str) -> None:
        own = marker(CommentRole.SUMMARY, self._task.id)
        await self._forge.upsert_comment(self._task.issue, own, f"{own}\n{text}\n")
