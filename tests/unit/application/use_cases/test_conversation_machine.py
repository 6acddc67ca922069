"""Whatever people say and do, in whatever order, and wherever the worker dies: the conversation stays honest."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from application.plan_comment import PLAN_MARKER
from application.plan_words import DIGEST_TRAILER
from application.publication import TASK_TRAILER
from application.task_state import decoded
from domain.cancellation import CancelReason
from domain.issue import IssueKey, IssueState, PullRequestState, ReviewState
from domain.marker import CommentRole, marked_task
from domain.task import Asking, Task, TaskKind, task_id
from tests.fakes.forge import AGENT
from tests.support.mortal_talk import NEVER, Death, MortalTalk
from tests.support.stage import MAINTAINER

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from domain.issue import Comment, PullRequest

Result = TypeVar("Result")

COMMANDS = (
    "/approve",
    "/approve be quick",
    "/revise shorter",
    "/reject",
    "/plan",
    "/fix",
    "/retry",
    "/cancel",
    "/help",
)
deaths = st.just(NEVER) | st.builds(Death, st.integers(0, 40), st.booleans())
people = st.sampled_from([MAINTAINER, MAINTAINER, "stranger"])


class Conversation(RuleBasedStateMachine):
    """The issue, its pull requests, and everything that was ever approved."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.talk = MortalTalk()
        self.approved: set[str] = set()
        self.past: list[Task] = []

    def teardown(self) -> None:
        self.loop.close()

    def wait(self, work: Coroutine[object, object, Result]) -> Result:
        return self.loop.run_until_complete(work)

    # -- What happens --------------------------------------------------------------------------------

    @initialize(labels=st.sampled_from([("plan",), ()]), death=deaths)
    def label(self, labels: tuple[str, ...], death: Death) -> None:
        self.talk.forge.thread(self.talk.issue).labels.update(labels)
        self.deliver(self.talk.task, death)

    @rule(mood=st.sampled_from(["helpful", "helpful", "nothing", "asks", "misfits"]))
    def change_mood(self, mood: str) -> None:
        self.talk.model.mood = mood

    @rule(text=st.sampled_from(COMMANDS), by=people, where=st.sampled_from(["issue", "pull"]), death=deaths)
    def say(self, text: str, by: str, where: str, death: Death) -> None:
        self.wait(self.talk.pass_time())
        pulls = self.pulls()
        number = pulls[-1].number if where == "pull" and pulls else 0
        self.note_approval(text, by)
        self.deliver(self.talk.said(text, by=by, on=number), death)

    @rule(death=deaths)
    def review(self, death: Death) -> None:
        self.wait(self.talk.pass_time())
        ready = [pull for pull in self.open_pulls() if not pull.draft]
        if ready:
            made = self.talk.forge.add_review(
                self.talk.ref,
                ready[0].number,
                author=MAINTAINER,
                state=ReviewState.CHANGES_REQUESTED,
                comments=[("calc.py", 1, "More.")],
            )
            asked_in = Asking(ready[0].number, review_id=made.id, on_pull_request=True)
            self.deliver(self.a_task(TaskKind.REVIEW, f"review:{made.id}", asked_in), death)

    @rule(draft=st.booleans())
    def make_ready_or_a_draft(self, draft: bool) -> None:  # noqa: FBT001 - hypothesis draws it
        for pull in self.open_pulls():
            self.talk.forge.thread(IssueKey(self.talk.ref, pull.number)).draft = draft

    @rule(words=st.sampled_from(["carefully", "soon"]))
    def edit_plan(self, words: str) -> None:
        self.wait(self.talk.pass_time())
        for key, comment in self.plan_comments():
            text = comment.body.replace("Checked by", f"Done {words}, checked by")
            self.talk.forge.edit_comment(key, comment.id, text)

    @rule()
    def push_to_the_branch(self) -> None:
        pulls = self.open_pulls()
        if pulls and pulls[0].head in self.talk.git.branches:
            self.talk.git.advance(pulls[0].head, {"README.md": b"# Theirs\n"})

    @rule()
    def move_the_base(self) -> None:
        self.talk.git.advance("main", {"calc.py": b"def add(a, b):\n    return a - b  # moved\n"})

    @rule(end=st.sampled_from([PullRequestState.CLOSED, PullRequestState.MERGED]), death=deaths)
    def close_the_pull_request(self, end: PullRequestState, death: Death) -> None:
        pulls = self.open_pulls()
        if pulls:
            self.wait(self.talk.pass_time())
            thread = self.talk.forge.thread(IssueKey(self.talk.ref, pulls[0].number))
            thread.state = PullRequestState.CLOSED if thread.draft else end
            tidy = self.a_task(TaskKind.TIDY, f"closed:{self.talk.clock.now()}")
            self.deliver(replace(tidy, command=CancelReason.PULL_REQUEST_CLOSED), death)

    @rule(back=st.integers(1, 20))
    def redeliver(self, back: int) -> None:
        self.deliver(self.past[-min(back, len(self.past))], NEVER)

    # -- What must hold ------------------------------------------------------------------------------

    @invariant()
    def one_pull_request_at_a_time(self) -> None:
        assert len(self.open_pulls()) <= 1

    @invariant()
    def nothing_is_carried_out_unapproved(self) -> None:
        carried_out = {commit.trailers.get(DIGEST_TRAILER) for commit in self.talk.git.commits.values()}
        assert carried_out - {None} <= self.approved

    @invariant()
    def no_task_commits_twice(self) -> None:
        pushed = [push for push in self.talk.git.pushes if push.changes.changes]
        tasks = [dict(push.message.trailers)[TASK_TRAILER] for push in pushed]
        assert len(tasks) == len(set(tasks))

    @invariant()
    def every_status_comment_is_settled(self) -> None:
        for comment in self.comments():
            if comment.author == AGENT and marked_task(CommentRole.STATUS, comment.body):
                assert decoded(comment.body).ended, comment.body

    @invariant()
    def the_label_tells_the_truth(self) -> None:
        if self.talk.forge.thread(self.talk.issue).state.value == IssueState.OPEN.value:
            waits = self.wait(self.talk.dialogue()).state == "planned"
            assert ("plan-pending" in self.talk.labels()) is waits

    # -- Inside --------------------------------------------------------------------------------------

    def deliver(self, task: Task, death: Death) -> None:
        self.past.append(task)
        self.wait(self.talk.work_through(task, death))

    def a_task(self, kind: TaskKind, trigger: str, asked_in: Asking | None = None) -> Task:
        talk = self.talk
        return Task(
            id=task_id(talk.ref, talk.issue.number, trigger),
            kind=kind,
            repository=talk.ref,
            issue_number=talk.issue.number,
            asked_by=MAINTAINER,
            asked_at=talk.clock.now(),
            title="",
            body="",
            delivery="d",
            asked_in=asked_in,
        )

    def note_approval(self, text: str, by: str) -> None:
        """Remember the plan that somebody who may has approved, as it stood then."""
        plan = self.wait(self.talk.dialogue()).plan
        if plan and by == MAINTAINER and text.startswith("/approve"):
            self.approved.add(plan.plan.digest)

    def pulls(self) -> list[PullRequest]:
        return [pull for pull in self.talk.pull_requests() if pull.author == AGENT]

    def open_pulls(self) -> list[PullRequest]:
        return [pull for pull in self.pulls() if pull.state is PullRequestState.OPEN]

    def comments(self) -> list[Comment]:
        keys = [self.talk.issue, *(IssueKey(self.talk.ref, pull.number) for pull in self.pulls())]
        return [comment for key in keys for comment in self.talk.forge.thread(key).comments]

    def plan_comments(self) -> list[tuple[IssueKey, Comment]]:
        keys = [IssueKey(self.talk.ref, pull.number) for pull in self.open_pulls()]
        return [(key, c) for key in keys for c in self.talk.forge.thread(key).comments if PLAN_MARKER in c.body]


TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=50, stateful_step_count=25, deadline=None)
