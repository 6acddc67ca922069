"""How the conversation about an issue stands, read off the forge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.plan_comment import posted_plan
from domain.dialogue import DialogueState
from domain.issue import IssueKey, PullRequestState
from domain.task import Mode, branch_prefix

if TYPE_CHECKING:
    from application.plan_comment import PostedPlan
    from application.ports.forge import Forge
    from domain.issue import PullRequest

_WITHOUT_PLAN = frozenset({Mode.QUICKFIX.value})


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The agent's latest pull request about an issue, in whatever state, and the plan on it."""

    issue: IssueKey
    agent: str
    pull_request: PullRequest | None = None
    plan: PostedPlan | None = None

    @property
    def state(self) -> DialogueState:
        """Where it stands; whether a plan was carried out counts, not what people make of its draft."""
        if self.pull_request is None or self.pull_request.state is not PullRequestState.OPEN:
            return DialogueState.IDLE
        return DialogueState.PLANNED if self._is_for_a_plan else DialogueState.READY

    @property
    def _is_for_a_plan(self) -> bool:
        """Whether the pull request holds a plan that was not carried out, or is a draft that gets one.

        A quick fix that people have made a draft of holds none.
        """
        if self.plan:
            return not self.plan.state.carried_out_by
        found = self.pull_request
        return found is not None and found.draft and not found.labels & _WITHOUT_PLAN

    @property
    def thread(self) -> IssueKey:
        """Where people talk about the pull request, or about the issue where there is none."""
        return IssueKey(self.issue.repository, self.pull_request.number) if self.pull_request else self.issue

    @property
    def has_a_plan_that_was_dropped(self) -> bool:
        """Whether its draft was closed before the plan was carried out: what is left of it may have to be cleared."""
        closed = self.pull_request is not None and self.pull_request.state is not PullRequestState.OPEN
        return closed and self._is_for_a_plan


async def read_dialogue(forge: Forge, issue: IssueKey) -> Dialogue:
    """Ask the forge; pull requests by anybody else count as nothing, whatever their branch is called."""
    agent = await forge.agent_login()
    found = await forge.pull_requests(issue.repository, branch_prefix(issue.number))
    own = [pull for pull in found if pull.author == agent]
    if not own:
        return Dialogue(issue, agent)
    latest = max(own, key=lambda pull: (pull.state is PullRequestState.OPEN, pull.number))
    comments = await forge.comments(IssueKey(issue.repository, latest.number))
    return Dialogue(issue, agent, latest, posted_plan(comments, agent))
