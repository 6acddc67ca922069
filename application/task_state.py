"""What the status comment keeps, hidden, for the next attempt at a task."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from domain.conversation import Spend
from domain.outcome import Failed, NothingToDo, RetryAt

if TYPE_CHECKING:
    from domain.outcome import Outcome

_STATE = re.compile(r"<!-- coding-agent:state (\{.*?\}) -->")


@dataclass(frozen=True, slots=True)
class TaskState:
    """The spend so far, and the result once there is one.

    `ended` is "" or `done` (settled well, or by a person), `asked` (questions wait for an answer, which goes on with
    `branch`) or `failed` (for the dead letters, with `reason`).
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    estimated: bool = False
    ended: str = ""
    reason: str = ""
    branch: str = ""

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
            case _:
                return replace(self, ended="done")


def encoded(state: TaskState) -> str:
    """The state as JSON in an HTML comment; what could end the comment early stands in strings only, and is escaped."""
    text = json.dumps(asdict(state))
    for forbidden, escaped in (("--", "-\\u002d"), ("<", "\\u003c"), (">", "\\u003e")):
        text = text.replace(forbidden, escaped)
    return f"<!-- coding-agent:state {text} -->"


def decoded(body: str) -> TaskState:
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
            branch=str(raw.get("branch", "")),
        )
    except (TypeError, ValueError, OverflowError):
        return TaskState()
