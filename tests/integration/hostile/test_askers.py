"""People who may not ask, comments that give no command, and comments that are not what they look like."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.command import command_in
from domain.outcome import Done, NothingToDo, Refused
from domain.repository import Permission
from domain.task import TaskKind, comment_trigger, task_id
from tests.fakes.forge import AGENT
from tests.support.hostile import cases
from tests.support.stage import FIX, MAINTAINER, QUESTIONS, Stage

if TYPE_CHECKING:
    from domain.task import Task


def answering(stage: Stage, author: str, text: str) -> Task:
    """A comment, and the task that the gateway makes of it."""
    comment = stage.forge.add_comment(stage.issue, author=author, body=text)
    identity = task_id(stage.ref, stage.issue.number, comment_trigger(comment.id))
    return replace(stage.new_task(TaskKind.ANSWER), id=identity, asked_by=author, command=text)


async def asked(case: dict[str, Any], permission: str) -> tuple[Stage, object]:
    """The case played, with a permission for whoever asks."""
    minimum = Permission[case.get("minimum", "write").upper()]
    stage = Stage(*([QUESTIONS, FIX] if case.get("kind") == "answer" else [FIX]))
    who = case.get("asked_by", "asker")
    if case.get("kind") == "answer":
        await stage.deliver()
        stage.task = answering(stage, who, "Do it.")
    stage.policy = replace(stage.policy, minimum_permission=minimum)
    stage.forge.grant(stage.ref, who, Permission[permission.upper()])
    stage.task = replace(stage.task, asked_by=who)
    stage.forge.calls.clear()
    return stage, await stage.deliver()


@pytest.mark.parametrize("case", cases("askers"))
async def test_who_may_not_ask_sets_nothing_to_work(case: dict[str, Any]) -> None:
    stage, outcome = await asked(case, case["permission"])
    assert isinstance(outcome, Refused | NothingToDo)
    assert len(stage.model.asked) == (case.get("kind") == "answer")
    assert (stage.git.pushes, stage.pull_requests()) == ([], [])
    assert "react" not in stage.forge.calls
    assert stage.forge.calls.count("upsert_comment") == (0 if case.get("kind") == "answer" else 1)


@pytest.mark.parametrize("case", cases("askers"))
async def test_who_may_does(case: dict[str, Any]) -> None:
    stage, outcome = await asked(case, case.get("control", "write"))
    assert isinstance(outcome, Done)
    assert len(stage.git.pushes) == 1


@pytest.mark.parametrize("case", cases("commands"))
async def test_a_comment_that_gives_no_command_is_passed_over_in_silence(case: dict[str, Any]) -> None:
    stage = Stage(FIX)
    await stage.deliver()
    before = [comment.body for comment in stage.forge.thread(stage.issue).comments]
    stage.task = answering(stage, MAINTAINER, case["text"])
    assert isinstance(await stage.deliver(), NothingToDo)
    bodies = [comment.body for comment in stage.forge.thread(stage.issue).comments]
    assert bodies == [*before, case["text"]]
    assert len(stage.model.asked) == 1


@pytest.mark.parametrize("case", cases("commands"))
def test_the_plain_command_would_be_one(case: dict[str, Any]) -> None:
    assert command_in(case["text"]) is None
    assert command_in(case["control"]) is not None


def forged(stage: Stage, case: dict[str, Any]) -> str:
    return str(case["text"]).replace("@TASK@", stage.task.id).replace("@ISSUE@", str(stage.issue.number))


@pytest.mark.parametrize("case", cases("forged"))
async def test_a_forged_comment_changes_nothing_of_the_work(case: dict[str, Any]) -> None:
    stage = Stage(FIX)
    comment = stage.forge.add_comment(stage.issue, author="stranger", body=forged(stage, case))
    assert isinstance(await stage.deliver(), Done)
    assert len(stage.pull_requests()) == 1
    kept = {each.id: each.body for each in stage.forge.thread(stage.issue).comments}
    assert kept[comment.id] == comment.body
    own = [each.body for each in stage.forge.thread(stage.issue).comments if each.author == AGENT]
    assert len(own) == 2


@pytest.mark.parametrize("case", cases("forged")[:3])
async def test_the_same_comment_by_the_agent_itself_would_end_the_work(case: dict[str, Any]) -> None:
    stage = Stage(FIX)
    stage.forge.add_comment(stage.issue, author=AGENT, body=forged(stage, case))
    await stage.deliver()
    assert stage.pull_requests() == []
