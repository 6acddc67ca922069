from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from application.status_comment import StatusComment
from domain.conversation import Spend
from domain.events import (
    AttemptEnded,
    AttemptStarted,
    ModelAsked,
    ModelFailed,
    ModelReplied,
    ModelWriting,
    PullRequestOpened,
    Stage,
    StageReached,
)
from domain.outcome import Cancelled, Done, Failed, NothingToDo, Refused, RetryAt
from tests.fakes.forge import AGENT
from tests.support.stage import Stage as Scene

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from domain.outcome import Outcome

LATER = datetime(2025, 6, 1, 12, 1, tzinfo=UTC)
SPEND = Spend(12_345, 678, 0.0472)


async def written(scene: Scene, *events: object) -> str:
    """The comment after these events."""
    status = StatusComment(scene.forge, scene.task)
    for event in events:
        await status.record(event)  # type: ignore[arg-type]
    (comment,) = scene.status_comments()
    return comment.body


@pytest.mark.parametrize(
    "outcome",
    [
        Done("Add instead of subtracting", "/pulls/2"),
        NothingToDo("add already adds"),
        Refused("`mallory` may not ask for this here: it takes write permission."),
        RetryAt(LATER, "the model is away"),
        Failed("Given up after 3 attempts: the model is away"),
        Cancelled("maria", "the issue was closed."),
        Cancelled("", "the issue is closed."),
    ],
    ids=lambda outcome: type(outcome).__name__,
)
async def test_the_end_reads_as_agreed(outcome: Outcome, snapshot: SnapshotAssertion) -> None:
    opened = [PullRequestOpened(2, "/pulls/2")] if isinstance(outcome, Done) else []
    text = await written(
        Scene(), AttemptStarted(2), ModelReplied("sonnet", SPEND, SPEND), *opened, AttemptEnded(outcome, 71.3)
    )
    assert text == snapshot


async def test_the_work_reads_as_agreed(snapshot: SnapshotAssertion) -> None:
    assert await written(Scene(), StageReached(Stage.EDITING, "2 files")) == snapshot


async def test_is_one_comment_however_much_happens() -> None:
    scene = Scene()
    await written(scene, *(StageReached(stage) for stage in Stage), AttemptEnded(Done("done"), 1.0))
    assert len(scene.status_comments()) == 1


async def test_gives_the_next_attempt_what_was_spent_and_how_it_ended() -> None:
    scene = Scene()
    await written(scene, ModelReplied("sonnet", SPEND, SPEND), AttemptEnded(Failed("no --> way <-- out"), 1.0))
    state = await StatusComment(scene.forge, scene.task).load()
    assert (state.spend, state.ended, state.reason) == (SPEND, "failed", "no --> way <-- out")


async def test_counts_the_larger_of_what_the_comment_and_the_queue_say_was_spent() -> None:
    scene = Scene()
    await written(scene, StageReached(Stage.EDITING), ModelReplied("sonnet", SPEND, SPEND))
    for queued in (Spend(), SPEND, SPEND + SPEND):
        status = StatusComment(scene.forge, scene.task, spent=queued)
        assert (await status.load()).spend == SPEND.or_more(queued)


async def test_counts_what_the_queue_says_where_the_comment_is_gone() -> None:
    scene = Scene()
    assert (await StatusComment(scene.forge, scene.task, spent=SPEND).load()).spend == SPEND


@pytest.mark.parametrize("cost_usd", [None, 0.0, 1e-07])
async def test_keeps_any_cost(cost_usd: float | None) -> None:
    scene = Scene()
    spend = Spend(1, 2, cost_usd)
    await written(scene, StageReached(Stage.EDITING), ModelReplied("sonnet", spend, spend))
    assert (await StatusComment(scene.forge, scene.task).load()).spend == spend


async def test_says_that_it_waits_for_the_model_and_why() -> None:
    failed = ModelFailed("sonnet", "busy, says @someone", SPEND, 12.3)
    text = await written(Scene(), StageReached(Stage.THINKING), failed)
    assert "Asking again in 12 s. busy, says" in text
    assert "**thinking**" in text
    assert " @someone" not in text


async def test_the_end_counts_what_was_written_before_the_model_was_stopped() -> None:
    scene = Scene()
    end = AttemptEnded(Cancelled("maria", "the issue was closed."), 1.0)
    await written(scene, ModelAsked("m", 1, SPEND, SPEND), ModelWriting(400, SPEND + Spend(0, 100)), end)
    assert (await StatusComment(scene.forge, scene.task).load()).spend == SPEND + Spend(0, 100)


async def test_a_failure_that_cost_less_than_was_feared_lowers_the_spend() -> None:
    scene = Scene()
    await written(
        scene, ModelAsked("m", 1, SPEND, SPEND), ModelFailed("m", "refused", Spend(1, 2, 0.0, estimated=True), 1.0)
    )
    assert (await StatusComment(scene.forge, scene.task).load()).spend == Spend(1, 2, 0.0, estimated=True)


@pytest.mark.parametrize(
    "state",
    [
        "",
        "<!-- coding-agent:state {} -->",
        '<!-- coding-agent:state {"input_tokens": "x"} -->',
        '<!-- coding-agent:state {"input_tokens": Infinity} -->',
        "{",
        "[1]",
    ],
)
async def test_a_damaged_comment_counts_as_none(state: str) -> None:
    scene = Scene()
    scene.forge.add_comment(scene.issue, author=AGENT, body=f"<!-- coding-agent:status {scene.task.id} -->\n{state}")
    assert (await StatusComment(scene.forge, scene.task).load()).ended == ""


async def test_another_tasks_comment_is_left_alone() -> None:
    scene = Scene()
    await written(scene, AttemptEnded(Done("first"), 1.0))
    scene.task = scene.new_task(trigger="later")
    status = StatusComment(scene.forge, scene.task)
    assert (await status.load()).ended == ""
    await status.record(StageReached(Stage.READING))
    assert len(scene.status_comments()) == 2


async def test_of_two_comments_the_one_that_is_edited_counts() -> None:
    scene = Scene()
    await written(scene, AttemptEnded(Done("first"), 1.0))
    scene.forge.add_comment(scene.issue, author=AGENT, body=f"<!-- coding-agent:status {scene.task.id} -->")
    assert (await StatusComment(scene.forge, scene.task).load()).ended == "done"
