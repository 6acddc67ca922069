from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from domain.conversation import Spend
from domain.events import (
    AttemptEnded,
    BranchPushed,
    EditsReturned,
    FilesChosen,
    ModelReplied,
    ModelWriting,
    Stage,
    StageReached,
)
from domain.outcome import Failed, Refused
from infra.event_log import EventLog

if TYPE_CHECKING:
    from domain.events import Event

TEXT = "def secret_source(): ..."


async def logged(event: Event) -> dict[str, object]:
    with capture_logs() as lines:
        await EventLog().record(event)
    (line,) = lines
    return dict(line)


async def test_a_line_is_named_for_its_event() -> None:
    line = await logged(StageReached(Stage.READING, "cloning acme/shop"))
    assert (line["event"], line["stage"], line["detail"]) == ("stage_reached", "reading", "cloning acme/shop")


async def test_spend_is_written_in_figures() -> None:
    line = await logged(ModelReplied("sonnet", Spend(1, 2, 0.5), Spend(3, 4, None)))
    assert line["spend"] == {"input_tokens": 1, "output_tokens": 2, "cost_usd": 0.5}


@pytest.mark.parametrize(
    "event",
    [EditsReturned((TEXT,)), FilesChosen((TEXT,), of=1), AttemptEnded(Refused(TEXT), 1.0)],
    ids=lambda event: type(event).__name__,
)
async def test_no_text_of_issue_model_or_repository_is_written(event: Event) -> None:
    assert TEXT not in str(await logged(event))


async def test_what_was_pushed_can_be_found() -> None:
    line = await logged(BranchPushed("coding-agent/1-abc", "0123"))
    assert (line["branch"], line["commit"]) == ("coding-agent/1-abc", "0123")


async def test_the_models_progress_is_not_worth_a_line() -> None:
    with capture_logs() as lines:
        await EventLog().record(ModelWriting(400, Spend()))
    assert lines == []


async def test_the_reason_of_a_failure_is_there_for_who_has_to_act_on_it() -> None:
    assert (await logged(AttemptEnded(Failed("the key is refused"), 1.0)))["reason"] == "the key is refused"
