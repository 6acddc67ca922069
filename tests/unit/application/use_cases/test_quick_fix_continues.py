"""What becomes of a task by the branch and the pull request that it finds: the table of `domain.continuation`, played.

The rows are pull requests, the columns branches; `-` is what cannot be, for a branch must be there to have a pull
request opened from it that is still open.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from application.ports.vcs import CommitMessage
from application.publication import TASK_TRAILER
from domain.change_set import ChangeKind, ChangeSet, FileChange
from domain.issue import PullRequestState
from domain.outcome import Cancelled, Done, Refused
from domain.repository import GitSource
from domain.task import Thread
from tests.support.stage import FIX, Stage

if TYPE_CHECKING:
    from domain.outcome import Outcome

EARLIER = "e" * 64
CHANGE = ChangeSet((FileChange(ChangeKind.CREATE, "earlier.py", b"x = 1\n"),))
SOURCE = GitSource("/acme/shop.git")


async def found(branch: str, pull: str, *, inherited: bool = False) -> Stage:
    """A stage on which these are there already."""
    stage = Stage(FIX, FIX)
    if inherited:
        own = stage.task.branch
        stage.task = replace(stage.task, thread=Thread(f"coding-agent/{stage.issue.number}-{EARLIER[:8]}"))
        stage.forge.create_branch(stage.ref, own)
        stage.forge.create_branch(stage.ref, stage.task.branch)
    await _lay_branch(stage, branch)
    await _lay_pull(stage, pull)
    return stage


async def _lay_branch(stage: Stage, branch: str) -> None:
    if branch == "others":
        stage.git.branches[stage.task.branch] = stage.git.branches["main"]
    elif branch != "none":
        task = stage.task.id if branch in {"this", "moved"} else EARLIER
        async with stage.vcs.open(SOURCE) as workspace:
            await workspace.push(stage.task.branch, CHANGE, CommitMessage("Earlier", "", ((TASK_TRAILER, task),)))
        if branch == "moved":
            stage.git.advance(stage.task.branch, {"people.py": b"y = 1\n"})
    stage.git.pushes.clear()


async def _lay_pull(stage: Stage, pull: str) -> None:
    if pull == "none":
        return
    author = "somebody" if pull == "others" else ""
    state = {"merged": PullRequestState.MERGED, "closed": PullRequestState.CLOSED}.get(pull, PullRequestState.OPEN)
    stage.forge.lay_pull_request(stage.ref, stage.task.branch, author=author, state=state)


TABLE = """
pull   | none    | this    | moved   | others
none   | wrote   | opened  | refused | refused
open   | -       | pointed | pointed | pointed
merged | pointed | pointed | pointed | pointed
closed | ended   | ended   | ended   | ended
others | -       | refused | refused | refused
"""
HEAD, *ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
CASES = [
    pytest.param(branch, row[0], end, id=f"{row[0]}-{branch}")
    for row in ROWS
    for branch, end in zip(HEAD[1:], row[1:], strict=True)
    if end != "-"
]
KINDS = {"wrote": Done, "opened": Done, "pointed": Done, "ended": Cancelled, "refused": Refused}


def happened(stage: Stage, outcome: Outcome | None, pulls_before: int) -> str:
    """The table's word for what a task did."""
    if isinstance(outcome, Done):
        opened = len(stage.pull_requests()) > pulls_before
        return ("wrote" if stage.git.pushes else "opened") if opened else "pointed"
    return "ended" if isinstance(outcome, Cancelled) else "refused"


@pytest.mark.parametrize(("branch", "pull", "end"), CASES)
async def test_a_task_goes_on_from_what_is_there(branch: str, pull: str, end: str) -> None:
    stage = await found(branch, pull)
    before = dict(stage.git.branches)
    pulls = len(stage.pull_requests())
    outcome = await stage.deliver()
    assert isinstance(outcome, KINDS[end])
    assert happened(stage, outcome, pulls) == end
    assert len(stage.model.asked) == (end == "wrote")
    assert end == "wrote" or stage.git.branches == before
    assert len(stage.pull_requests()) <= 1


@pytest.mark.parametrize("pull", ["none", "merged", "closed"])
async def test_an_ended_conversation_is_not_gone_on_with(pull: str) -> None:
    stage = await found("earlier", pull, inherited=True)
    inherited = stage.git.branches[stage.task.branch]
    assert isinstance(await stage.deliver(), Done)
    assert stage.git.branches[stage.task.branch] == inherited
    (push,) = stage.git.pushes
    assert push.branch == replace(stage.task, thread=None).branch


async def test_an_inherited_conversation_without_a_branch_is_begun_on_the_branch_that_it_names() -> None:
    stage = await found("none", "none", inherited=True)
    assert isinstance(await stage.deliver(), Done)
    assert stage.git.pushes[0].branch == stage.task.branch


async def test_a_refusal_says_what_is_in_the_way_and_what_to_do() -> None:
    stage = await found("this", "others")
    await stage.deliver()
    (status,) = stage.status_comments()
    assert "was opened by `somebody`" in status.body
    assert "then ask again" in status.body
