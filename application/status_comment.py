"""The one comment on the issue that says how a task stands, edited in place until it holds the result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from application.ports.task_events import TaskEvents
from application.publication import cost, tokens
from application.task_state import TaskState, decoded, encoded
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
    from domain.events import Event
    from domain.outcome import Outcome
    from domain.task import Task


_LONGEST_COMMAND = 2_000


class StatusComment(TaskEvents):
    """Keeps the comment in step with the work. Only comments by the agent's own account count."""

    def __init__(self, forge: Forge, task: Task) -> None:
        self._forge = forge
        self._task = task
        self._marker = marker(CommentRole.STATUS, task.id)
        self._stage: StageReached | None = None
        self._attempt = 1
        self._model = ""
        self._pull_request: PullRequestOpened | None = None
        self.state = TaskState(kind=task.kind, command=task.command[:_LONGEST_COMMAND])

    async def load(self) -> TaskState:
        """What earlier attempts have left; an empty state where there is no comment, or it cannot be read.

        A failure that is in the task's history counts no longer: a person has brought the task back.
        """
        own = await self._forge.agent_login()
        bodies = [comment.body for comment in await self._forge.comments(self._task.place) if comment.author == own]
        self.state = next((decoded(body) for body in bodies if self._marker in body), self.state)
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
                    await self._write(_working(event, self._attempt))
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
        working = _working(self._reached, self._attempt)
        if not isinstance(event, ModelFailed):
            await self._write(working)
        elif event.again_in_seconds is not None:  # otherwise the attempt ends, and that is written
            await self._write(
                f"{working}\n\n⏳ Asking again in {event.again_in_seconds:.0f} s. {harmless(event.reason)}"
            )

    @property
    def _reached(self) -> StageReached:
        return self._stage or StageReached(Stage.THINKING)

    def _result(self, outcome: Outcome) -> str:
        match outcome:
            case Done() | Answered():
                return self._done(outcome)
            case NothingToDo(asks=True):
                return f"❓ **Waiting for an answer.**\n\n{outcome.reason}"
            case NothingToDo():
                return f"💬 **Nothing was changed.** {outcome.reason}"
            case Refused():
                return f"⛔ **Refused.** {outcome.reason}"
            case RetryAt():
                return f"⏳ **Will try again** at {outcome.at:%Y-%m-%d %H:%M:%S} UTC. {outcome.reason}"
            case Failed():
                return f"❌ **Failed.** {outcome.reason}"
            case Cancelled():
                return f"🛑 **Cancelled**{f' by {outcome.by}' if outcome.by else ''}: {outcome.reason}"

    def _done(self, outcome: Done | Answered) -> str:
        """A result, or the answer to a question, which stands alone."""
        if isinstance(outcome, Answered):
            return outcome.text
        if self._pull_request is None:
            return f"✅ **Done.**\n\n{outcome.summary}"
        where = f"[#{self._pull_request.number}]({self._pull_request.url})"
        if self._pull_request.draft:
            return f"📝 {where}: {outcome.summary}"
        return f"✅ **Done.** Pull request {where}: {outcome.summary}"

    def _facts(self, seconds: float) -> str:
        model = f"{self._model} · {tokens(self.state.spend)} · cost: {cost(self.state.spend)} · " if self._model else ""
        return f"<sub>{model}{seconds:.0f} s · attempt {self._attempt} · task `{self._task.id[:12]}`</sub>"

    async def _write(self, text: str) -> None:
        body = f"{self._marker}\n{encoded(self.state)}\n{text}\n"
        await self._forge.upsert_comment(self._task.place, self._marker, body)


def _working(reached: StageReached, attempt: int) -> str:
    steps = " → ".join(f"**{stage}**" if stage is reached.stage else stage.value for stage in Stage)
    detail = f"\n\n{reached.detail}" if reached.detail else ""
    again = f" (attempt {attempt})" if attempt > 1 else ""
    return f"🛠️ Working on it{again}: {steps}{detail}"
