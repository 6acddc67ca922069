"""From a request to a branch, on any repository and without a forge."""

from __future__ import annotations

import hashlib
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from application.deadline import Deadline
from application.publication import commit_message
from application.repository_rules import read_rules
from application.retrying import retrying
from application.words_alone import NoChange, Questions
from domain.conversation import Spend
from domain.events import BranchPushed, Stage, StageReached
from domain.task import BRANCH_PREFIX

if TYPE_CHECKING:
    from application.brief import Brief
    from application.ports.clock import Clock
    from application.ports.task_events import TaskEvents
    from application.ports.vcs import Vcs, Workspace
    from application.proposal import Proposal
    from application.use_cases.draft_plan import DraftedPlan, DraftPlan
    from application.use_cases.write_change import WriteChange
    from domain.repository import GitSource


@dataclass(frozen=True, slots=True)
class Solved:
    """A change: its diff, and the branch and commit that hold it ("" in a dry run)."""

    proposal: Proposal
    base: str
    diff: str
    branch: str = ""
    commit: str = ""


class Solve:
    """The change becomes one commit on a new branch; nothing else of the repository is touched.

    There is no queue to bring the work back, so opening and pushing are tried again here, `attempts` times each.
    """

    def __init__(
        self,
        *,
        vcs: Vcs,
        write_change: WriteChange,
        draft_plan: DraftPlan,
        clock: Clock,
        attempts: int,
        deadline_seconds: float,
    ) -> None:
        self._vcs = vcs
        self._write_change = write_change
        self._draft_plan = draft_plan
        self._clock = clock
        self._attempts = attempts
        self._deadline_seconds = deadline_seconds

    async def run(
        self, source: GitSource, revision: str, brief: Brief, *, events: TaskEvents, dry_run: bool
    ) -> Solved | NoChange | Questions:
        """Make the change, and push it unless this is a dry run.

        Raises the last `TransientError` when trying again did not help, and whatever will not help by being retried.
        """
        async with AsyncExitStack() as stack:
            workspace = await self._opened(stack, source, revision, events)
            deadline = Deadline(self._clock, self._deadline_seconds)
            brief = replace(brief, rules=await read_rules(workspace))
            result = await self._write_change.run(workspace, brief, events=events, deadline=deadline, spent=Spend())
            if isinstance(result, NoChange | Questions):
                return result
            diff = await workspace.diff(result.changes)
            if dry_run:
                return Solved(result, workspace.base, diff)
            return await self._pushed(workspace, brief, result, diff, events)

    async def plan(
        self, source: GitSource, revision: str, brief: Brief, *, events: TaskEvents
    ) -> DraftedPlan | NoChange | Questions:
        """Write a plan only."""
        async with AsyncExitStack() as stack:
            workspace = await self._opened(stack, source, revision, events)
            deadline = Deadline(self._clock, self._deadline_seconds)
            brief = replace(brief, rules=await read_rules(workspace))
            return await self._draft_plan.run(workspace, brief, events=events, deadline=deadline, spent=Spend())

    async def _opened(self, stack: AsyncExitStack, source: GitSource, revision: str, events: TaskEvents) -> Workspace:
        await events.record(StageReached(Stage.READING, f"opening {source.location}"))
        return await retrying(
            self._clock, self._attempts, lambda: stack.enter_async_context(self._vcs.open(source, revision))
        )

    async def _pushed(
        self, workspace: Workspace, brief: Brief, proposal: Proposal, diff: str, events: TaskEvents
    ) -> Solved:
        branch = self._new_branch(workspace.base, brief)
        await events.record(StageReached(Stage.OPENING, branch))
        message = commit_message(proposal)
        commit = await retrying(self._clock, self._attempts, lambda: workspace.push(branch, proposal.changes, message))
        await events.record(BranchPushed(branch, commit))
        return Solved(proposal, workspace.base, diff, branch, commit)

    def _new_branch(self, base: str, brief: Brief) -> str:
        """A name that no earlier run has taken: the same request made again is a new branch."""
        parts = "\0".join((base, brief.title, brief.body, self._clock.now().isoformat()))
        return f"{BRANCH_PREFIX}solve-{hashlib.sha256(parts.encode()).hexdigest()[:8]}"
