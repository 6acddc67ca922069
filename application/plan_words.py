"""What the agent says around a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.plan_comment import plan_comment
from application.ports.vcs import CommitMessage
from application.publication import TASK_TRAILER, cost, tokens
from domain.approval import Objection
from domain.model_text import one_line

DIGEST_TRAILER = "Plan-Digest"
BASE_TRAILER = "Plan-Base"
"""On the commits that change nothing: which commit the plan was written for, whose tree they have."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.plan_comment import PlanState, PostedPlan
    from domain.conversation import Spend
    from domain.errors import InvalidInput
    from domain.plan import Plan
    from domain.task import Task


def empty_commit(task: Task, base: str) -> CommitMessage:
    """The commit without which a forge opens no pull request, on the base that the plan is for."""
    body = "This commit is empty: it lets a draft pull request be opened, on which the plan is discussed."
    return CommitMessage(f"Plan for #{task.issue_number}", body, ((TASK_TRAILER, task.id), (BASE_TRAILER, base)))


def draft_title(task: Task) -> str:
    """The draft's title until there is a change."""
    return f"Plan: {one_line(task.title) or f'#{task.issue_number}'}"


def draft_body(task: Task) -> str:
    """The draft's text until there is a change."""
    return (
        f"A plan for #{task.issue_number} is in the comment below. Nothing has been changed yet: the only commit is "
        "empty. Edit the comment to change the plan, then comment `/approve` to have it carried out.\n"
    )


def done_comment(posted: PostedPlan, state: PlanState, commit: str, approved_by: str) -> str:
    """The plan's comment once it was carried out: the plan as it was approved."""
    footer = (
        f"---\n<sub>Plan {state.number} · digest `{posted.plan.short_digest}` · approved by `{approved_by}` · "
        f"carried out in {commit[:12]}</sub>"
    )
    return plan_comment(posted.plan, state, footer, posted.earlier)


def carried_out(plan: Plan, approved_by: str) -> str:
    """Which plan a pull request carries out."""
    return f"<sub>Carries out the plan `{plan.short_digest}`, approved by `{approved_by}`.</sub>"


def objection_words(objection: Objection, plan: Plan) -> str:
    """Why an approval does not count, and what to do."""
    reason = {
        Objection.PLAN_CHANGED: "The plan was changed after, or in the same second as, your approval.",
        Objection.ISSUE_CHANGED: "The issue was changed after, or in the same second as, your approval.",
        Objection.COMMAND_CHANGED: "Your comment was edited; only one as it was first written counts.",
        Objection.OTHER_DIGEST: "The digest that you name is not the plan's.",
        Objection.NO_DIGEST: "Here an approval must name the plan's digest.",
        Objection.SAME_PERSON: "Here a plan is approved by another person than the one who asked for it.",
    }[objection]
    again = (
        "Ask a colleague to approve it."
        if objection is Objection.SAME_PERSON
        else f"Read it as it is now, then comment `/approve {plan.short_digest}`."
    )
    return f"{reason} {again}"


def unreadable_plan(error: InvalidInput) -> str:
    """The plan was edited so that its files cannot be read any more."""
    return f"The plan's files cannot be read: {error}. Edit the plan's comment, then approve it again."


def base_moved(base: str, changed: Sequence[str]) -> str:
    """The repository has changed under the plan."""
    what = "in files of the plan: " + ", ".join(f"`{path}`" for path in changed) if changed else "since it was written"
    return f"`{base}` has changed {what}. Comment `/revise` for a plan that fits it as it is now."


def plan_title(number: int) -> str:
    """What a plan is called among its like."""
    return f"Plan {number}"


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
