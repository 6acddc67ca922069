"""A conversation about one issue: what people say and do, and a worker that answers at once, all in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from application.dialogue import read_dialogue
from domain.issue import IssueKey
from domain.task import Asking, Task, TaskKind, comment_trigger, task_id
from tests.fakes.forge import FakeForge
from tests.support.stage import MAINTAINER, PLAN, Stage

if TYPE_CHECKING:
    from application.dialogue import Dialogue
    from application.plan_comment import PostedPlan
    from domain.errors import AgentError
    from domain.issue import PullRequest, PullRequestDraft, Review
    from domain.outcome import Outcome
    from domain.repository import RepositoryRef
    from tests.fakes.clock import FakeClock
    from tests.fakes.workspace import FakeRepository


class LinkedForge(FakeForge):
    """A fake forge whose branches are those of a fake git repository, as they are on a real one."""

    git: FakeRepository | None = None

    async def open_pull_request(self, repository: RepositoryRef, draft: PullRequestDraft) -> PullRequest:
        if self.git:
            base = self.git.branches[draft.base]
            for branch, commit in self.git.branches.items():
                self.create_branch(repository, branch, commits=int(commit != base))
        return await super().open_pull_request(repository, draft)

    async def delete_branch(self, repository: RepositoryRef, branch: str) -> None:
        await super().delete_branch(repository, branch)
        if self.git:
            self.git.branches.pop(branch, None)


class Talk(Stage):
    """A stage on which people talk; time passes by ten seconds before each thing that they do."""

    def __init__(self, *answers: str | AgentError, clock: FakeClock | None = None) -> None:
        super().__init__(*answers, clock=clock, forge=LinkedForge)
        assert isinstance(self.forge, LinkedForge)
        self.forge.git = self.git

    @property
    def branch(self) -> str:
        """The branch of the first conversation."""
        return self.task.branch

    async def planned(self) -> Talk:
        """The same, once a plan waits."""
        self.forge.thread(self.issue).labels.add("plan")
        await self.deliver()
        return self

    async def pass_time(self, seconds: float = 10.0) -> None:
        await self.clock.advance(seconds)

    async def say(self, text: str, *, by: str = MAINTAINER, on: int = 0) -> Outcome | None:
        """A comment on the issue, or on the pull request `on`, and the worker's answer to it."""
        await self.pass_time()
        return await self.run(self.said(text, by=by, on=on))

    def said(self, text: str, *, by: str = MAINTAINER, on: int = 0) -> Task:
        """A comment, and the task that the gateway makes of it."""
        place = IssueKey(self.ref, on or self.issue.number)
        comment = self.forge.add_comment(place, author=by, body=text)
        thread = self.forge.thread(place)
        return Task(
            id=task_id(self.ref, self.issue.number, comment_trigger(comment.id)),
            kind=TaskKind.COMMAND,
            repository=self.ref,
            issue_number=self.issue.number,
            asked_by=by,
            asked_at=comment.created_at,
            title=thread.title,
            body=thread.body,
            command=text,
            delivery="d",
            asked_in=Asking(place.number, comment_id=comment.id, on_pull_request=bool(on)),
        )

    async def reviewed(self, review: Review) -> Outcome | None:
        """The worker's answer to a review that is on the forge already."""
        number = self.pull_requests()[-1].number
        asking = Asking(number, review_id=review.id, on_pull_request=True)
        return await self.run(
            Task(
                id=task_id(self.ref, self.issue.number, f"review:{review.id}"),
                kind=TaskKind.REVIEW,
                repository=self.ref,
                issue_number=self.issue.number,
                asked_by=review.author,
                asked_at=review.submitted_at,
                title="",
                body="",
                delivery="d",
                asked_in=asking,
            )
        )

    async def run(self, task: Task) -> Outcome | None:
        """Queue a task, take it, and run it."""
        await self.queue.publish(task)
        return await self.run_task().run(await self.queue.take())

    async def edit_plan(self, old: str, new: str) -> None:
        """A person edits the plan's comment."""
        await self.pass_time()
        place = self.pull_request_key()
        comment = next(c for c in self.forge.thread(place).comments if "coding-agent:plan -->" in c.body)
        assert old in comment.body
        self.forge.edit_comment(place, comment.id, comment.body.replace(old, new))

    async def dialogue(self) -> Dialogue:
        """How the conversation stands."""
        return await read_dialogue(self.forge, self.issue)

    async def plan(self) -> PostedPlan:
        """The plan that is posted."""
        found = (await self.dialogue()).plan
        assert found is not None
        return found

    def labels(self, number: int = 0) -> set[str]:
        """The labels of the issue, or of a pull request."""
        return set(self.forge.thread(IssueKey(self.ref, number or self.issue.number)).labels)

    def answers(self, number: int = 0) -> list[str]:
        """What the agent has said on the issue, or on a pull request, the latest last, plans left out."""
        own = self.forge.thread(IssueKey(self.ref, number or self.issue.number)).comments
        return [c.body for c in own if c.author == "coding-agent[bot]" and "coding-agent:plan -->" not in c.body]


OTHER_PLAN = PLAN.replace("`add` subtracts.", "`add` takes away.")
