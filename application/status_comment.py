"""The one comment on the issue that says how a task stands, edited in place until it holds the result."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from application.ports.task_events import TaskEvents
from application.publication import cost, tokens
from domain.conversation import Spend
from domain.events import (
    AttemptEnded,
    AttemptStarted,
    ModelAsked,
    ModelFailed,
    ModelReplied,
    ModelWriting,
    PullRequestOpened,
    Stage,
    StageReached,
)
from domain.model_text import harmless
from domain.outcome import Cancelled, Done, Failed, NothingToDo, Refused, RetryAt

if TYPE_CHECKING:
    from application.ports.forge import Forge
    from domain.events import Event
    from domain.outcome import Outcome
    from domain.task import Task

_STATE = re.compile(r"<!-- coding-agent:state (\{.*?\}) -->")


@dataclass(frozen=True, slots=True)
class TaskState:
    """What the comment's hidden part keeps for the next attempt: the spend so far, and the result once there is one.

    `ended` is "" or `done` (settled well, or by a person) or `failed` (for the dead letters, with `reason`).
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    estimated: bool = False
    ended: str = ""
    reason: str = ""

    @property
    def spend(self) -> Spend:
        """What all attempts have spent."""
        return Spend(self.input_tokens, self.output_tokens, self.cost_usd, self.estimated)

    def spending(self, spend: Spend) -> TaskState:
        """The state after `spend` in all."""
        return replace(
            self,
            input_tokens=spend.input_tokens,
            output_tokens=spend.output_tokens,
            cost_usd=spend.cost_usd,
            estimated=spend.estimated,
        )


class StatusComment(TaskEvents):
    """Keeps the comment in step with the work. Only comments by the agent's own account count."""

    def __init__(self, forge: Forge, task: Task) -> None:
        self._forge = forge
        self._task = task
        self._marker = f"<!-- coding-agent:status {task.id} -->"
        self._stage: StageReached | None = None
        self._attempt = 1
        self._model = ""
        self._pull_request: PullRequestOpened | None = None
        self.state = TaskState()

    async def load(self) -> TaskState:
        """What earlier attempts have left; an empty state where there is no comment, or it cannot be read.

        A failure that is in the task's history counts no longer: a person has brought the task back.
        """
        own = await self._forge.agent_login()
        bodies = [comment.body for comment in await self._forge.comments(self._task.issue) if comment.author == own]
        self.state = next((_decoded(body) for body in bodies if self._marker in body), self.state)
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
            case PullRequestOpened():
                self._pull_request = event
            case AttemptEnded():
                self.state = _ended(self.state, event.outcome)
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
            case Done() if self._pull_request:
                number, url = self._pull_request.number, self._pull_request.url
                return f"✅ **Done.** Pull request [#{number}]({url}): {outcome.summary}"
            case Done():
                return f"✅ **Done.**\n\n{outcome.summary}"
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

    def _facts(self, seconds: float) -> str:
        model = f"{self._model} · {tokens(self.state.spend)} · cost: {cost(self.state.spend)} · " if self._model else ""
        return f"<sub>{model}{seconds:.0f} s · attempt {self._attempt} · task `{self._task.id[:12]}`</sub>"

    async def _write(self, text: str) -> None:
        body = f"{self._marker}\n{_encoded(self.state)}\n{text}\n"
        await self._forge.upsert_comment(self._task.issue, self._marker, body)


def _working(reached: StageReached, attempt: int) -> str:
    steps = " → ".join(f"**{stage}**" if stage is reached.stage else stage.value for stage in Stage)
    detail = f"\n\n{reached.detail}" if reached.detail else ""
    again = f" (attempt {attempt})" if attempt > 1 else ""
    return f"🛠️ Working on it{again}: {steps}{detail}"


def _ended(state: TaskState, outcome: Outcome) -> TaskState:
    if isinstance(outcome, RetryAt):
        return state
    if isinstance(outcome, Failed):
        return replace(state, ended="failed", reason=outcome.reason)
    return replace(state, ended="done")


def _encoded(state: TaskState) -> str:
    """The state as JSON in an HTML comment; what could end the comment early stands in strings only, and is escaped."""
    text = json.dumps(asdict(state))
    for forbidden, escaped in (("--", "-\\u002d"), ("<", "\\u003c"), (">", "\\u003e")):
        text = text.replace(forbidden, escaped)
    return f"<!-- coding-agent:state {text} -->"


def _decoded(body: str) -> TaskState:
    """The state in a comment's body; an empty one where people have damaged it."""
    found = _STATE.search(body)
    try:
        raw = json.loads(found[1]) if found else {}
        cost_usd = raw.get("cost_usd", 0.0)
        return TaskState(
            input_tokens=int(raw.get("input_tokens", 0)),
            output_tokens=int(raw.get("output_tokens", 0)),
            cost_usd=None if cost_usd is None else float(cost_usd),
            estimated=bool(raw.get("estimated")),
            ended=str(raw.get("ended", "")),
            reason=str(raw.get("reason", "")),
        )
    except (TypeError, ValueError, OverflowError):
        return TaskState()
