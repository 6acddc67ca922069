"""What the agent says around a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.plan_comment import plan_comment
from application.ports.vcs import CommitMessage
from application.publication import TASK_TRAILER, cost, tokens
from domain.model_text import one_line

if TYPE_CHECKING:
    from application.plan_comment import PlanState
    from domain.conversation import Spend
    from domain.plan import Plan
    from domain.task import Task


def empty_commit(task: Task) -> CommitMessage:
    """The commit without which a forge opens no pull request."""
    body = "This commit is empty: it lets a draft pull request be opened, on which the plan is discussed."
    return CommitMessage(f"Plan for #{task.issue_number}", body, ((TASK_TRAILER, task.id),))


def draft_title(task: Task) -> str:
    """The draft's title until there is a change."""
    return f"Plan: {one_line(task.title) or f'#{task.issue_number}'}"


def draft_body(task: Task) -> str:
    """The draft's text until there is a change."""
    return (
        f"A plan for #{task.issue_number} is in the comment below. Nothing has been changed yet: the only commit is "
        "empty. Edit the comment to change the plan, then comment `/approve` to have it carried out.\n"
    )


def posted(plan: Plan, state: PlanState, estimate: Spend, earlier: str = "") -> str:
    """The plan's comment."""
    return plan_comment(plan, state, _footer(plan, state, estimate), earlier)


def _footer(plan: Plan, state: PlanState, estimate: Spend) -> str:
    about = f"Plan {state.number} · digest `{plan.short_digest}` · base `{state.base[:12]}`"
    expected = f"carrying it out: at most {tokens(estimate)}, cost: {cost(estimate)}"
    help_line = (
        "`/approve` carries it out · edit this comment to change it · `/revise` and what you want asks for another · "
        "`/reject` ends it · `/help`"
    )
    return f"---\n<sub>{about} · {expected}</sub>\n\n{help_line}"
