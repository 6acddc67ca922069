"""What the agent says around a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.plan_comment import plan_comment
from application.ports.vcs import CommitMessage
from application.publication import TASK_TRAILER, cost, tokens
from domain.approval import Objection
from domain.model_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from application.plan_comment import PlanState, PostedPlan
    from application.texts.texts import Texts
    from domain.conversation import Spend
    from domain.errors import InvalidInput
    from domain.plan import Plan
    from domain.task import Task

DIGEST_TRAILER = "Plan-Digest"
BASE_TRAILER = "Plan-Base"
"""On the commits that change nothing: which commit the plan was written for, whose tree they have."""
_BASE_SHOWN = 12


class PlanWords:
    """In one language."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def empty_commit(self, task: Task, base: str) -> CommitMessage:
        """The commit without which a forge opens no pull request, on the base that the plan is for."""
        subject = self._texts.say("plan.commit_subject", issue=str(task.issue_number))
        trailers = ((TASK_TRAILER, task.id), (BASE_TRAILER, base))
        return CommitMessage(subject, self._texts.say("plan.commit_body"), trailers)

    def draft_title(self, task: Task, title: str) -> str:
        """The draft's title until there is a change; `title` is the issue's."""
        return self._texts.say("plan.draft_title", title=one_line(title) or f"#{task.issue_number}")

    def draft_body(self, task: Task) -> str:
        """The draft's text until there is a change."""
        return self._texts.say("plan.draft_body", issue=str(task.issue_number))

    def title(self, number: int) -> str:
        """What a plan is called among its like."""
        return self._texts.say("plan.title", number=str(number))

    def waiting(self, plan: Plan, state: PlanState, estimate: Spend, earlier: str = "") -> str:
        """The comment of a plan that waits for people."""
        about = self._texts.say(
            "plan.about",
            number=str(state.number),
            digest=plan.short_digest,
            base=state.base[:_BASE_SHOWN],
            tokens=tokens(estimate),
            cost=cost(estimate),
        )
        return plan_comment(plan, state, f"---\n<sub>{about}</sub>\n\n{self._texts.say('plan.help')}", earlier)

    def done(self, posted: PostedPlan, state: PlanState, commit: str, approved_by: str) -> str:
        """The comment of a plan that was carried out: its words as they were approved."""
        about = self._texts.say(
            "plan.done_about",
            number=str(state.number),
            digest=posted.plan.short_digest,
            who=approved_by,
            commit=commit[:_BASE_SHOWN],
        )
        return plan_comment(posted.plan, state, f"---\n<sub>{about}</sub>", posted.earlier)

    def carried_out(self, plan: Plan, approved_by: str) -> str:
        """Which plan a pull request carries out."""
        return f"<sub>{self._texts.say('plan.carried_out', digest=plan.short_digest, who=approved_by)}</sub>"

    def objection(self, objection: Objection, plan: Plan) -> str:
        """Why an approval does not count, and what to do."""
        another = objection is Objection.SAME_PERSON
        again = (
            self._texts.say("plan.ask_another") if another else self._texts.say("plan.again", digest=plan.short_digest)
        )
        return f"{self._reason(objection)} {again}"

    def _reason(self, objection: Objection) -> str:
        match objection:
            case Objection.PLAN_CHANGED:
                return self._texts.say("plan.plan_changed")
            case Objection.ISSUE_CHANGED:
                return self._texts.say("plan.issue_changed")
            case Objection.COMMAND_CHANGED:
                return self._texts.say("plan.command_changed")
            case Objection.OTHER_DIGEST:
                return self._texts.say("plan.other_digest")
            case Objection.NO_DIGEST:
                return self._texts.say("plan.no_digest")
            case Objection.SAME_PERSON:
                return self._texts.say("plan.same_person")

    def unreadable(self, error: InvalidInput) -> str:
        """The plan was edited so that its files cannot be read any more."""
        return self._texts.say("plan.files_unreadable", problem=str(error))

    def base_moved(self, base: str, changed: Sequence[str] = ()) -> str:
        """The repository has changed under the plan; `changed` are the files of the plan that did."""
        if not changed:
            return self._texts.say("plan.base_moved", base=base)
        return self._texts.say("plan.base_moved_in", base=base, files=", ".join(f"`{path}`" for path in changed))
