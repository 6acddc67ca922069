"""A forge that somebody looks at for work, with everything around it in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.memory.queue import MemoryTaskQueue
from application.triggers import AssignmentTriggers, CommentTriggers, LabelTriggers, PullRequestTriggers
from application.use_cases.accept_event import AcceptEvent
from application.use_cases.reconcile import Reconcile
from domain.errors import QueueUnavailable
from domain.policy import Policy
from domain.webhook import StartTask
from tests.fakes.clock import FakeClock
from tests.fakes.forge import FakeForge
from tests.support.issue_events import LABELED

if TYPE_CHECKING:
    from datetime import datetime

    from application.use_cases.reconcile import Reconciled
    from domain.issue import IssueKey
    from domain.task import Task

AGENT_USER = "agent-acme"


class TroubledQueue(MemoryTaskQueue):
    """A queue that can be away for some publications."""

    troubles = 0

    async def publish(self, task: Task, not_before: datetime | None = None) -> None:
        if self.troubles:
            self.troubles -= 1
            message = "the queue is away"
            raise QueueUnavailable(message)
        await super().publish(task, not_before)


class ForgetfulQueue(TroubledQueue):
    """A queue that, as brokers do, cannot say which tasks it has."""

    async def knows(self, task_id: str) -> None:  # type: ignore[override]
        del task_id


class Watch:
    """A forge with one served repository, and somebody who looks at it."""

    def __init__(self, *, allowed: tuple[str, ...] = ("acme/shop",), forgetful: bool = False) -> None:
        self.clock = FakeClock()
        self.forge = FakeForge(self.clock)
        self.shop = self.forge.create_repository("acme/shop")
        self.queue = ForgetfulQueue(self.clock) if forgetful else TroubledQueue(self.clock)
        self.policy = Policy(allowed_repositories=frozenset(allowed))
        self.accept = AcceptEvent(self.policy, "ai-help", AGENT_USER)
        self.reconcile = self.another()

    def another(self) -> Reconcile:
        """As after a restart."""
        return Reconcile(
            forge=self.forge,
            accept=self.accept,
            queue=self.queue,
            admin=self.queue,
            policy=self.policy,
            clock=self.clock,
            finders=[
                LabelTriggers(self.forge, "ai-help"),
                AssignmentTriggers(self.forge, AGENT_USER),
                CommentTriggers(),
            ],
            pull_requests=PullRequestTriggers(self.forge),
            lookback=timedelta(days=7),
        )

    def issue(self, *labels: str) -> IssueKey:
        return self.forge.create_issue(self.shop, author="sam", title="It fails", body="Always.", labels=labels)

    async def labelled(self, label: str = "ai-help") -> IssueKey:
        """An issue that maria labels a minute after it was opened."""
        issue = self.issue()
        await self.clock.advance(60)
        self.forge.set_labels(issue, {label}, by="maria")
        return issue

    async def look(self) -> Reconciled:
        return await self.reconcile.look()

    async def taken(self) -> Task:
        return (await self.queue.take()).task

    async def answered(self, task_id: str, issue: IssueKey) -> None:
        """The agent's status comment for a task."""
        marker = f"<!-- coding-agent:status {task_id} -->"
        await self.forge.upsert_comment(issue, marker, f"{marker}\nDone.")

    def webhook(self, issue: IssueKey, seconds_later: int = 0) -> Task:
        """The task that the webhook about this issue makes."""
        thread = self.forge.thread(issue)
        updated = (thread.updated_at + timedelta(seconds=seconds_later)).strftime("%Y-%m-%dT%H:%M:%SZ")
        event = replace(LABELED, repository=self.shop, issue_number=issue.number, updated_at=updated)
        decision = self.accept.decide(event)
        assert isinstance(decision, StartTask)
        return decision.task
