"""A task with everything around it in memory, for tests of use cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.memory.queue import MemoryTaskQueue
from application.audit import TaskAudit
from application.deadline import Deadline
from application.handlers import Handlers
from application.job import Job
from application.offered_models import OfferedModels
from application.patience import ONE_TRY
from application.use_cases.draft_plan import DraftPlan
from application.use_cases.run_task import Rules, RunTask
from application.use_cases.write_change import WriteChange
from domain.approval import ApprovalRules
from domain.issue import IssueKey
from domain.policy import Policy
from domain.repository import Permission
from domain.task import Mode, Task, TaskKind, start_trigger, task_id
from infra.handlers import all_handlers
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.clock import FakeClock
from tests.fakes.code_search import FakeSearch
from tests.fakes.forge import FakeForge
from tests.fakes.model import FakeModel
from tests.fakes.syntax_checker import FakeSyntax
from tests.fakes.task_events import Recorder
from tests.fakes.workspace import FakeVcs, fake_repository

if TYPE_CHECKING:
    from collections.abc import Callable

    from application.handlers import Handler
    from application.ports.language_model import LanguageModel
    from domain.conversation import Reply
    from domain.errors import AgentError
    from domain.issue import Comment, PullRequest
    from domain.outcome import Outcome

MAINTAINER = "maintainer"

FIX = """<title>Add instead of subtracting</title>
<summary>
`add` subtracted its second number.
</summary>
<file path="calc.py" action="edit">
<<<<<<< SEARCH
    return a - b
=======
    return a + b
>>>>>>> REPLACE
</file>
"""
PLAN = """`add` subtracts.

<files>
- `calc.py`: add instead
</files>

Checked by its tests.
"""
NOTHING = "<nothing>add already adds</nothing>"
QUESTIONS = "<questions>What should add do with text?</questions>"
MISFIT = FIX.replace("a - b\n=", "a * b\n=")

FILES = {"calc.py": b"def add(a, b):\n    return a - b\n", "README.md": b"# Calc\n"}


class Stage:
    """One issue that a maintainer has labelled, and a worker that answers it; `answers` are the model's."""

    def __init__(
        self,
        *answers: str | Reply | AgentError,
        policy: Policy | None = None,
        model: FakeModel | None = None,
        clock: FakeClock | None = None,
        location: str = "/acme/shop.git",
        trigger: str = "2025-06-01T12:00:00Z",
        forge: type[FakeForge] = FakeForge,
    ) -> None:
        self.clock = clock or FakeClock()
        self.forge = forge(self.clock)
        self.ref = self.forge.create_repository("acme/shop", location=location)
        self.forge.grant(self.ref, MAINTAINER, Permission.WRITE)
        self.issue = self.forge.create_issue(
            self.ref, author="stranger", title="add subtracts", body="add(1, 1) is 0", labels=["ai-help"]
        )
        self.git = fake_repository(FILES)
        self.vcs = FakeVcs({location: self.git})
        self.model = model or FakeModel(*answers)
        self.queue = MemoryTaskQueue(self.clock)
        self.recorder = Recorder()
        self.audit = FakeAuditLog()
        self.policy = policy or Policy(allowed_repositories=frozenset({"acme"}))
        self.offered: dict[str, Callable[[], LanguageModel]] = {}
        self.max_attempts = 3
        self.quick_fix: Callable[[], Handler] | None = None
        self.approval_rules = ApprovalRules()
        self.patience = ONE_TRY
        self.deadline_seconds = 60.0
        self.task = self.new_task(trigger=trigger)
        # The fake forge does not see the fake git server: what a push would make there is there from the start.
        self.forge.create_branch(self.ref, self.task.branch)

    def new_task(self, kind: TaskKind = TaskKind.START, trigger: str = "2025-06-01T12:00:00Z") -> Task:
        """A task as the gateway makes it."""
        thread = self.forge.thread(self.issue)
        return Task(
            id=task_id(self.ref, self.issue.number, start_trigger(trigger)),
            kind=kind,
            repository=self.ref,
            issue_number=self.issue.number,
            asked_by=MAINTAINER,
            asked_at=self.clock.now(),
            title=thread.title,
            body=thread.body,
        )

    def write_change(self) -> WriteChange:
        """With two repair rounds."""
        return WriteChange(
            models=OfferedModels(self.model, self.offered),
            search=FakeSearch(),
            syntax=FakeSyntax(),
            policy=self.policy,
            repair_rounds=2,
            context_tokens=8_000,
            patience=self.patience,
        )

    def draft_plan(self) -> DraftPlan:
        """The same model and search."""
        return DraftPlan(
            OfferedModels(self.model, self.offered),
            FakeSearch(),
            self.policy,
            context_tokens=8_000,
            repair_rounds=2,
            patience=self.patience,
        )

    def handlers(self) -> Handlers:
        """Every use case; a test may put another in the place of the quick fix."""
        if self.quick_fix:
            return Handlers({TaskKind.QUICKFIX: self.quick_fix}, Mode.QUICKFIX)
        return all_handlers(self.write_change(), self.draft_plan(), self.approval_rules, Mode.QUICKFIX)

    def run_task(self) -> RunTask:
        """Everything together."""
        return RunTask(
            forge=self.forge,
            vcs=self.vcs,
            clock=self.clock,
            policy=self.policy,
            handlers=self.handlers(),
            listener=lambda _: self.recorder,
            audit=self.audit,
            rules=Rules(
                max_attempts=self.max_attempts,
                deadline_seconds=self.deadline_seconds,
                trigger_label="ai-help",
                assignee="coding-agent",
            ),
        )

    def job(self) -> Job:
        """The task without a queue."""
        audit = TaskAudit(self.audit, self.clock, self.task, 1)
        return Job(self.task, self.forge, self.vcs, self.recorder, Deadline(self.clock, 60.0), audit)

    async def deliver(self) -> Outcome | None:
        """Queue the task unless it waits there already, take it, and run it."""
        await self.queue.publish(self.task)
        return await self.run_task().run(await self.queue.take())

    def status_comments(self) -> list[Comment]:
        """The agent's comments on the issue."""
        return [c for c in self.forge.thread(self.issue).comments if "coding-agent:status" in c.body]

    def summaries(self) -> list[str]:
        """What the agent's summary comments on the issue say."""
        return [c.body for c in self.forge.thread(self.issue).comments if "coding-agent:summary" in c.body]

    def pull_requests(self) -> list[PullRequest]:
        """All of them."""
        return self.forge.pulls(self.ref)

    def pull_request_key(self) -> IssueKey:
        """The only one's number, as an issue."""
        (only,) = self.pull_requests()
        return IssueKey(self.ref, only.number)
