"""What the status comment keeps, hidden, for the next attempt at a task."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from application.hidden_state import found, hidden
from domain.conversation import Spend
from domain.outcome import Answered, Cancelled, Failed, NothingToDo, Refused, RetryAt
from domain.task import TaskKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.outcome import Outcome

_NAME = "state"


@dataclass(frozen=True, slots=True)
class TaskState:
    """The spend so far, and the result once there is one.

    `ended` is "" or `done` (settled well, or by a person), `asked` (questions wait for an answer, which goes on with
    `branch`), `refused` or `cancelled` (as a person reads it), or `failed` (for the dead letters, with `reason`).
    `answered`: a question was, or a command came to nothing; it stands between no failure and its retry.
    `kind`, `command` and `review` (an id) say what was asked for, and `digest` which plan it approved: `/retry` asks
    for the same again.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    estimated: bool = False
    ended: str = ""
    reason: str = ""
    branch: str = ""
    kind: TaskKind | None = None
    command: str = ""
    digest: str = ""
    review: int = 0

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

    def after(self, outcome: Outcome, branch: str) -> TaskState:
        """The state once an attempt has ended so; `branch` is the conversation's."""
        match outcome:
            case RetryAt():
                return self
            case Failed(reason):
                return replace(self, ended="failed", reason=reason)
            case NothingToDo(asks=True):
                return replace(self, ended="asked", branch=branch)
            case Refused():
                return replace(self, ended="refused")
            case Cancelled():
                return replace(self, ended="cancelled")
            case Answered():
                return replace(self, ended="answered")
            case _:
                return replace(self, ended="done")


def encoded(state: TaskState) -> str:
    """The state as one line that people do not see."""
    return hidden(_NAME, asdict(state))


def decoded(body: str) -> TaskState:
    """The state in a comment's body; an empty one where people have damaged it."""
    raw: Mapping[str, Any] = found(_NAME, body)
    try:
        cost_usd = raw.get("cost_usd", 0.0)
        return TaskState(
            input_tokens=int(raw.get("input_tokens", 0)),
            output_tokens=int(raw.get("output_tokens", 0)),
            cost_usd=None if cost_usd is None else float(cost_usd),
            estimated=bool(raw.get("estimated")),
            ended=str(raw.get("ended", "")),
            reason=str(raw.get("reason", "")),
            branch=str(raw.get("branch", "")),
            kind=TaskKind(raw["kind"]) if raw.get("kind") else None,
            command=str(raw.get("command", "")),
            digest=str(raw.get("digest", "")),
            review=int(raw.get("review", 0)),
        )
    except (TypeError, ValueError, OverflowError):
        return TaskState()
