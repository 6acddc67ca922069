"""Whatever goes wrong at whatever moment: nothing twice, and the end is told."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from application.task_state import decoded
from tests.support.faults import Fault, FaultyStage
from tests.support.stage import FIX


async def _worked(faults: dict[int, Fault]) -> FaultyStage:
    stage = FaultyStage(faults, *[FIX] * 20)
    async with asyncio.timeout(5):
        await stage.work_until_empty()
    return stage


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.integers(0, 70), st.sampled_from(Fault), max_size=5))
def test_any_faults_end_with_one_of_everything_and_a_told_result(faults: dict[int, Fault]) -> None:
    stage = asyncio.run(_worked(faults))
    assert len(stage.plain_forge.pulls(stage.ref)) <= 1
    assert len(stage.git.pushes) <= 1
    assert len(stage.summaries()) <= 1
    (status,) = stage.status_comments()
    assert decoded(status.body).ended in {"done", "failed", "refused", "cancelled"}
    assert stage.effects_without_lease == []
    assert stage.surprises == []
    assert stage.git.open_workspaces == 0
