from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from application.summary_comment import SummaryComment
from domain.events import AttemptEnded, PullRequestOpened, StageReached
from domain.events import Stage as WorkStage
from domain.outcome import Cancelled, Done, Failed, NothingToDo, Refused, RetryAt
from tests.support.stage import Stage

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from domain.events import Event
    from domain.outcome import Outcome

READING = StageReached(WorkStage.READING)
OPENED = PullRequestOpened(2, "https://forge.example/acme/shop/pull/2")


async def written(*events: Event) -> list[str]:
    stage = Stage()
    summary = SummaryComment(stage.forge, stage.task)
    for event in events:
        await summary.record(event)
    return stage.summaries()


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        pytest.param([READING, OPENED], Done("Add instead of subtracting", OPENED.url), id="pull request"),
        pytest.param([READING], NothingToDo("What should add do with text?", asks=True), id="questions"),
        pytest.param([READING], NothingToDo("add already adds"), id="nothing to change"),
        pytest.param([READING], Refused("the edits could not be used"), id="refused"),
        pytest.param([], Failed("the key is refused"), id="failed"),
    ],
)
async def test_says_what_came_of_it(events: list[Event], outcome: Outcome, snapshot: SnapshotAssertion) -> None:
    (text,) = await written(*events, AttemptEnded(outcome, 71.3))
    assert text == snapshot


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        pytest.param([], Refused("`mallory` may not ask for this here"), id="who may not ask has been told once"),
        pytest.param([], NothingToDo("a pull request is open"), id="no work began"),
        pytest.param([READING], RetryAt(datetime(2026, 3, 1, tzinfo=UTC), "away"), id="it goes on later"),
        pytest.param([READING], Cancelled("maria", "the issue was closed."), id="a person ended it"),
        pytest.param([READING], Done("the plan"), id="the result is in the status comment"),
    ],
)
async def test_says_nothing_where(events: list[Event], outcome: Outcome) -> None:
    assert await written(*events, AttemptEnded(outcome, 71.3)) == []


async def test_is_one_comment_however_often_it_is_told() -> None:
    ended = AttemptEnded(Failed("no"), 1.0)
    assert len(await written(READING, ended, ended)) == 1
