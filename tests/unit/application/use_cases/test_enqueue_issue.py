"""Work that an operator asks for at the machine."""

from __future__ import annotations

import pytest

from application.use_cases.enqueue_issue import EnqueueIssue
from domain.errors import InvalidInput, NotFound, PermissionRefused
from domain.outcome import Done
from domain.task import Mode, TaskKind
from tests.support.stage import FIX, Stage


async def enqueue(stage: Stage, *, name: str = "acme/shop", number: int = 1, mode: Mode | None = None) -> None:
    use_case = EnqueueIssue(stage.forge, stage.queue, stage.policy, stage.clock)
    stage.task = await use_case.enqueue(name, number, mode=mode, operator="otto")
    stage.forge.create_branch(stage.ref, stage.task.branch)


async def test_makes_the_task_that_a_label_would_have_made() -> None:
    stage = Stage()
    await enqueue(stage, mode=Mode.PLAN)
    task = (await stage.queue.take()).task
    assert (task.title, task.body) == ("add subtracts", "add(1, 1) is 0")
    assert (task.kind, task.issue, task.asked_by) == (TaskKind.PLAN, stage.issue, "operator otto")


async def test_the_worker_takes_an_operators_word_although_the_forge_does_not_know_them() -> None:
    stage = Stage(FIX)
    await stage.forge.remove_label(stage.issue, "ai-help")
    await enqueue(stage)
    outcome = await stage.run_task().run(await stage.queue.take())
    assert isinstance(outcome, Done)
    assert "operator otto" in stage.pull_requests()[0].body


async def test_the_same_name_in_a_task_of_anybody_else_is_worth_nothing() -> None:
    stage = Stage()
    await enqueue(stage)
    assert await stage.forge.permission(stage.ref, stage.task.asked_by) == 0


async def test_an_operator_may_ask_again() -> None:
    stage = Stage()
    await enqueue(stage)
    await stage.clock.advance(1)
    await enqueue(stage)
    assert (await stage.queue.status()).due == 2


async def test_serves_listed_repositories_only() -> None:
    with pytest.raises(PermissionRefused, match="ALLOWED_REPOSITORIES"):
        await enqueue(Stage(), name="other/shop")


async def test_names_what_does_not_exist() -> None:
    with pytest.raises(NotFound, match="acme/other"):
        await enqueue(Stage(), name="acme/other")
    with pytest.raises(NotFound, match="#7"):
        await enqueue(Stage(), number=7)


async def test_queues_nothing_for_a_closed_issue() -> None:
    stage = Stage()
    stage.forge.close_issue(stage.issue)
    with pytest.raises(InvalidInput, match="closed"):
        await enqueue(stage)
    assert (await stage.queue.status()).due == 0
