"""Events as lines that a person reads."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from domain.conversation import Spend
from domain.events import (
    BranchPushed,
    EditsReturned,
    FilesChosen,
    ModelAsked,
    ModelFailed,
    ModelReplied,
    Stage,
    StageReached,
)
from entrypoints.cli.progress import PlainProgress, Silence, progress_for, words

if TYPE_CHECKING:
    from domain.events import Event


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (StageReached(Stage.THINKING, "asking m"), "thinking: asking m"),
        (StageReached(Stage.READING), ""),
        (FilesChosen(("a.py",), 1), "  1 file, the model is shown a.py"),
        (FilesChosen((), 1_200), "  1,200 files, the model is shown none of them"),
        (FilesChosen(tuple("abcdefg"), 7), "  7 files, the model is shown a, b, c, d, e and 2 more"),
        (FilesChosen(("a\nb\x1b[2J",), 2), r"  2 files, the model is shown a\nb\x1b[2J"),
        (ModelAsked("m", 1, Spend(1_000, 20, 0.5), Spend()), "  m, answer 1: at most 1,000 + 20 tokens, $0.5000"),
        (
            ModelAsked("m", 1, Spend(1_000, 20, None), Spend()),
            "  m, answer 1: at most 1,000 + 20 tokens, cost not known (only MAX_TOKENS limits it)",
        ),
        (ModelFailed("m", "it is\x07 busy", Spend(), 12.3), "  failed: it is\\x07 busy\n  asking again in 12 s"),
        (ModelFailed("m", "no", Spend()), "  failed: no"),
        (ModelReplied("m", Spend(1, 2, None), Spend()), "  answered: 1 + 2 tokens, cost not known"),
        (EditsReturned(("no \x07",)), "  the edits go back to the model:\n    no \\x07"),
        (BranchPushed("b", "0123456789abcdef"), "  0123456789ab is on b"),
    ],
)
def test_says_each_event_in_words_that_no_terminal_obeys(event: Event, line: str) -> None:
    assert words(event) == line


async def test_remembers_the_branch_that_is_being_made_and_is_silent_beside_json() -> None:
    for progress, told in ((PlainProgress(io.StringIO()), "opening: b\n"), (Silence(io.StringIO()), "")):
        assert progress.branch == ""
        await progress.record(StageReached(Stage.OPENING, "b"))
        assert progress.branch == "b"
        assert getattr(progress, "_stream").getvalue() == told  # noqa: B009 - the stream that it was given
    assert isinstance(progress_for(json=True), Silence)
