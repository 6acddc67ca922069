"""The comment on the pull request that holds the plan: how it is written, and how it is read back.

People may edit it. What stands between its two marks is the plan, whatever the agent wrote there; what stands around
is the agent's, and is written anew with each plan.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from application.hidden_state import found, hidden
from domain.plan import Plan, normalised

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from domain.issue import Comment

PLAN_MARKER = "<!-- coding-agent:plan -->"
_ENDS = "<!-- coding-agent:plan ends -->"
_EARLIER = "<!-- coding-agent:earlier plans -->"
_STATE = "plan-state"
_TEXTS = ("base", "task", "asked_by", "digest", "carried_out_by")
_MOST_CHARACTERS = 60_000
"""Of the whole comment; GitHub takes 65,536. What is too much is dropped of the earlier plans, the oldest first."""


@dataclass(frozen=True, slots=True)
class PlanState:
    """What the agent keeps of a plan beside its words.

    `number` counts the plans of a conversation from 1. `base` is the commit that it was written for, `task` the task
    that wrote it, `asked_by` who asked for it, `digest` that of the words as the agent wrote them, `carried_out_by` the
    task that made the change ("" while none has).
    """

    number: int = 1
    base: str = ""
    task: str = ""
    asked_by: str = ""
    digest: str = ""
    carried_out_by: str = ""


@dataclass(frozen=True, slots=True)
class PostedPlan:
    """The plan as it stands on the pull request now. `edited_at` is when the comment's text was last written (UTC)."""

    plan: Plan
    state: PlanState
    edited_at: datetime
    earlier: str = ""

    @property
    def edited_by_people(self) -> bool:
        """Whether the words are no longer those that the agent wrote."""
        return self.plan.digest != self.state.digest


def posted_plan(comments: Iterable[Comment], agent: str) -> PostedPlan | None:
    """The plan among the comments of a pull request; a marker counts only on a comment by the agent's own account."""
    for comment in comments:
        if comment.author == agent and PLAN_MARKER in comment.body:
            return _read(comment)
    return None


def _read(comment: Comment) -> PostedPlan:
    body = normalised(comment.body)
    _, _, rest = body.partition(PLAN_MARKER)
    words, _, behind = rest.partition(_ENDS)
    first, _, following = words.lstrip("\n").partition("\n")
    text = following if first.startswith(f"<!-- coding-agent:{_STATE} ") else words
    _, _, earlier = behind.partition(_EARLIER)
    written = comment.edited_at or comment.created_at
    return PostedPlan(Plan(text.strip("\n")), _state(comment.body), written, earlier.strip("\n"))


def _state(body: str) -> PlanState:
    """The hidden state; what people have damaged of it reads as not known."""
    raw = found(_STATE, body)
    number = raw.get("number")
    texts = {name: str(raw.get(name, "")) for name in _TEXTS}
    return PlanState(number if isinstance(number, int) and number > 0 else 1, **texts)


def plan_comment(plan: Plan, state: PlanState, footer: str, earlier: str = "") -> str:
    """The comment's text. `footer` says what people can do; `earlier` holds the plans before, folded."""
    head = "\n".join([PLAN_MARKER, hidden(_STATE, asdict(state)), plan.text, "", _ENDS, "", footer])
    behind = _fitting(earlier, _MOST_CHARACTERS - len(head))
    return f"{head}\n\n{_EARLIER}\n{behind}\n" if behind else f"{head}\n"


def folded_under(posted: PostedPlan, title: str) -> str:
    """The earlier plans once this one has become the newest of them; `title` names it."""
    folded = f"<details><summary>{title}</summary>\n\n{posted.plan.words}\n\n</details>"
    return f"{folded}\n\n{posted.earlier}".strip()


def _fitting(earlier: str, room: int) -> str:
    """As many of the folded plans as there is room for, the newest first."""
    kept = ""
    for folded in earlier.split("\n\n</details>"):
        if not folded.strip() or len(kept) + len(folded) + len("\n\n</details>") > room:
            break
        kept += f"{folded}\n\n</details>"
    return kept
