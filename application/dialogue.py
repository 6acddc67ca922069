"""How the conversation about an issue stands, read off the forge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from application.plan_comment import posted_plan
from domain.dialogue import DialogueState
from domain.issue import IssueKey, PullRequestState
from domain.task import branch_prefix

if TYPE_CHECKING:
    from application.plan_comment import PostedPlan
    from application.ports.forge import Forge
    from domain.issue import PullRequest


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The agent's latest pull request about an issue, in whatever state, and the plan on it."""

    issue: IssueKey
    agent: str
    pull_request: PullRequest | None = None
    plan: PostedPlan | None = None

    @property
    def state(self) -> DialogueState:
        """Where it stands; a draft whose plan was carried out is ready, whatever people have made of it since."""
        pull_request = self.pull_request
        if pull_request is None or pull_request.state is not PullRequestState.OPEN:
            return DialogueState.IDLE
        carried_out = self.plan is not None and self.plan.state.carried_out_by
        return DialogueState.PLANNED if pull_request.draft and not carried_out else DialogueState.READY

    @property
    def thread(self) -> IssueKey:
        """Where people talk about the pull request, or about the issue where there is none."""
        return IssueKey(self.issue.repository, self.pull_request.number) if self.pull_request else self.issue

    @property
    def has_a_plan_that_was_dropped(self) -> bool:
        """Whether its draft was closed before the plan was carried out: what is left of it may have to be cleared."""
        pull_request = self.pull_request
        dropped = pull_request is not None and pull_request.state is PullRequestState.CLOSED and pull_request.draft
        return dropped and (self.plan is None or not self.plan.state.carried_out_by)


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
