from __future__ import annotations

import pytest

from application.brief import Brief
from application.use_cases.draft_plan import DraftedPlan
from application.use_cases.solve import Solve, Solved
from application.words_alone import NoChange
from domain.errors import CredentialsRefused, RemoteUnavailable
from domain.repository import GitSource
from tests.fakes.clock import FakeClock
from tests.support.stage import FIX, NOTHING, PLAN, Stage

SOURCE = GitSource("/acme/shop.git")
BRIEF = Brief("add subtracts")


def solve(stage: Stage) -> Solve:
    return Solve(
        vcs=stage.vcs,
        write_change=stage.write_change(),
        draft_plan=stage.draft_plan(),
        clock=FakeClock(sleep_advances=True),
        attempts=3,
        deadline_seconds=60.0,
    )


async def solved(stage: Stage, *, dry_run: bool = False) -> Solved | NoChange:
    result = await solve(stage).run(SOURCE, "", BRIEF, events=stage.recorder, dry_run=dry_run)
    assert isinstance(result, Solved | NoChange)
    return result


async def test_puts_one_commit_on_a_new_branch() -> None:
    stage = Stage(FIX)
    result = await solved(stage)
    assert isinstance(result, Solved)
    assert result.branch.startswith("coding-agent/solve-")
    assert stage.git.files(result.branch)["calc.py"] == b"def add(a, b):\n    return a + b\n"
    assert "+    return a + b" in result.diff


async def test_a_dry_run_changes_nothing() -> None:
    stage = Stage(FIX)
    result = await solved(stage, dry_run=True)
    assert isinstance(result, Solved)
    assert (result.branch, stage.git.pushes) == ("", [])
    assert "+    return a + b" in result.diff


async def test_says_when_nothing_is_to_be_changed() -> None:
    assert isinstance(await solved(Stage(NOTHING)), NoChange)


async def test_a_plan_changes_nothing() -> None:
    stage = Stage(PLAN)
    assert isinstance(await solve(stage).plan(SOURCE, "", BRIEF, events=stage.recorder), DraftedPlan)
    assert stage.git.pushes == []


@pytest.mark.parametrize("step", ["open", "push"])
async def test_tries_again_what_failed_for_now(step: str) -> None:
    stage = Stage(FIX)
    stage.git.fail(step, RemoteUnavailable("away"), times=2)
    assert isinstance(await solved(stage), Solved)
    assert len(stage.git.pushes) == 1


@pytest.mark.parametrize("step", ["open", "push"])
async def test_gives_up_after_the_last_try(step: str) -> None:
    stage = Stage(FIX)
    stage.git.fail(step, RemoteUnavailable("away"), times=3)
    with pytest.raises(RemoteUnavailable):
        await solved(stage)
    assert stage.git.open_workspaces == 0


async def test_does_not_repeat_what_will_not_help() -> None:
    stage = Stage(FIX)
    stage.git.fail("push", CredentialsRefused("no"), times=1)
    with pytest.raises(CredentialsRefused):
        await solved(stage)
