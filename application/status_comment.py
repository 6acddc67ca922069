"""The one comment on the issue that says how a task stands, edited in place until it holds the result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from application.ports.task_events import TaskEvents
from application.publication import cost, tokens
from application.task_state import TaskState, decoded, encoded
from application.texts.texts import ENGLISH
from domain.conversation import NOTHING_SPENT
from domain.errors import SecretFound
from domain.events import (
    AttemptEnded,
    AttemptStarted,
    ModelAsked,
    ModelFailed,
    ModelReplied,
    ModelWriting,
    PlanApproved,
    PullRequestOpened,
    Stage,
    StageReached,
)
from domain.marker import CommentRole, marker
from domain.model_text import harmless
from domain.outcome import Answered, Cancelled, Done, Failed, NothingToDo, Refused, RetryAt

if TYPE_CHECKING:
    from application.ports.forge import Forge
    from application.texts.texts import Texts
    from domain.conversation import Spend
    from domain.events import Event
    from domain.outcome import Outcome
    from domain.task import Task


_LONGEST_COMMAND = 2_000


class StatusComment(TaskEvents):
    """Keeps the comment in step with the work. Only comments by the agent's own account count.

    `spent` is what the queue knows of the task's cost: it counts where the comment says less, or is gone.
    """

    def __init__(self, forge: Forge, task: Task, texts: Texts = ENGLISH, *, spent: Spend = NOTHING_SPENT) -> None:
        self._forge = forge
        self._task = task
        self._texts = texts
        self._marker = marker(CommentRole.STATUS, task.id)
        self._stage: StageReached | None = None
        self._attempt = 1
        self._model = ""
        self._pull_request: PullRequestOpened | None = None
        review = task.asked_in.review_id if task.asked_in else 0
        state = TaskState(kind=task.kind, command=task.command[:_LONGEST_COMMAND], review=review)
        self.state = state.spending(spent)

    async def load(self) -> TaskState:
        """What earlier attempts have left; an empty state where there is no comment, or it cannot be read.

        A failure that is in the task's history counts no longer: a person has brought the task back.
        """
        own = await self._forge.agent_login()
        bodies = [comment.body for comment in await self._forge.comments(self._task.place) if comment.author == own]
        left = next((decoded(body) for body in bodies if self._marker in body), self.state)
        self.state = left.spending(left.spend.or_more(self.state.spend))
        if self.state.ended == "failed" and self.state.reason in {past.reason for past in self._task.history}:
            self.state = replace(self.state, ended="", reason="")
        return self.state

    async def record(self, event: Event) -> None:
        """Write the comment anew when a stage is reached, tokens were spent, or the attempt ended."""
        match event:
            case AttemptStarted():
                self._attempt = event.attempt
            case StageReached() if self._stage is None or event.stage is not self._stage.stage:
                self._stage = event
                if event.stage is not Stage.THINKING:  # told with the request, which follows at once
                    await self._write(self._working(event))
            case ModelAsked() | ModelWriting() | ModelFailed() | ModelReplied():
                await self._spending(event)
            case PlanApproved():
                self.state = replace(self.state, digest=event.digest)
            case PullRequestOpened():
                self._pull_request = event
            case AttemptEnded():
                self.state = self.state.after(event.outcome, self._task.branch)
                await self._write(f"{self._result(event.outcome)}\n\n{self._facts(event.seconds)}")

    async def _spending(self, event: ModelAsked | ModelWriting | ModelFailed | ModelReplied) -> None:
        """Keep the spend before the prompt is sent, for a worker that dies or is stopped in mid-answer has."""
        if isinstance(event, ModelWriting):
            self.state = self.state.spending(event.committed)  # written with what comes next
            return
        self._model = event.model
        self.state = self.state.spending(event.committed if isinstance(event, ModelAsked) else event.total)
        working = self._working(self._reached)
        if not isinstance(event, ModelFailed):
            await self._write(working)
        elif event.again_in_seconds is not None:  # otherwise the attempt ends, and that is written
            seconds, reason = f"{event.again_in_seconds:.0f}", harmless(event.reason)
            await self._write(f"{working}\n\n{self._texts.say('status.asking_again', seconds=seconds, reason=reason)}")

    @property
    def _reached(self) -> StageReached:
        return self._stage or StageReached(Stage.THINKING)

    def _result(self, outcome: Outcome) -> str:
        match outcome:
            case Done() | Answered():
                return self._done(outcome)
            case NothingToDo(asks=True):
                return f"{self._texts.say('status.asks')}\n\n{outcome.reason}"
            case NothingToDo():
                return self._texts.say("status.nothing", reason=outcome.reason)
            case Refused():
                return self._texts.say("status.refused", reason=outcome.reason)
            case RetryAt():
                return self._texts.say("status.retry", at=f"{outcome.at:%Y-%m-%d %H:%M:%S}", reason=outcome.reason)
            case Failed():
                return self._texts.say("status.failed", reason=outcome.reason)
            case Cancelled():
                return self._cancelled(outcome)

    def _cancelled(self, outcome: Cancelled) -> str:
        if outcome.by:
            return self._texts.say("status.cancelled_by", who=outcome.by, reason=outcome.reason)
        return self._texts.say("status.cancelled", reason=outcome.reason)

    def _done(self, outcome: Done | Answered) -> str:
        """A result, or the answer to a question, which stands alone."""
        if isinstance(outcome, Answered):
            return outcome.text
        if self._pull_request is None:
            return f"{self._texts.say('status.done')}\n\n{outcome.summary}"
        where = f"[#{self._pull_request.number}]({self._pull_request.url})"
        if self._pull_request.draft:
            return f"📝 {where}: {outcome.summary}"
        return self._texts.say("status.done_with_pull_request", pull_request=where, summary=outcome.summary)

    def _facts(self, seconds: float) -> str:
        took, attempt, task = f"{seconds:.0f}", str(self._attempt), f"`{self._task.id[:12]}`"
        if not self._model:
            return f"<sub>{self._texts.say('status.facts', seconds=took, attempt=attempt, task=task)}</sub>"
        facts = self._texts.say(
            "status.facts_with_model",
            model=self._model,
            tokens=tokens(self.state.spend, self._texts),
            cost=cost(self.state.spend, self._texts),
            seconds=took,
            attempt=attempt,
            task=task,
        )
        return f"<sub>{facts}</sub>"

    def _working(self, reached: StageReached) -> str:
        names = {
            Stage.READING: self._texts.say("status.reading"),
            Stage.THINKING: self._texts.say("status.thinking"),
            Stage.EDITING: self._texts.say("status.editing"),
            Stage.CHECKING: self._texts.say("status.checking"),
            Stage.OPENING: self._texts.say("status.opening"),
        }
        steps = " → ".join(f"**{name}**" if stage is reached.stage else name for stage, name in names.items())
        detail = f"\n\n{reached.detail}" if reached.detail else ""
        if self._attempt > 1:
            return self._texts.say("status.working_again", attempt=str(self._attempt), steps=steps) + detail
        return self._texts.say("status.working", steps=steps) + detail

    async def _write(self, text: str) -> None:
        """Write the comment; what somebody has said behind a command is not kept where it holds a secret."""
        try:
            await self._upsert(text)
        except SecretFound:
            if not self.state.command:
                raise
            self.state = replace(self.state, command="")
            await self._upsert(text)

    async def _upsert(self, text: str) -> None:
        body = f"{self._marker}\n{encoded(self.state)}\n{text}\n"
        await self._forge.upsert_comment(self._task.place, self._marker, body)
