"""How far the work has got, for the person who waits."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self, TextIO

from rich.console import Console
from rich.text import Text

from application.ports.task_events import TaskEvents
from domain.events import (
    BranchPushed,
    EditsReturned,
    FilesChosen,
    ModelAsked,
    ModelFailed,
    ModelReplied,
    ModelWriting,
    PullRequestOpened,
    Stage,
    StageReached,
)
from entrypoints.cli.printable import printable, printable_line

if TYPE_CHECKING:
    from rich.status import Status

    from domain.conversation import Spend
    from domain.events import Event

_PATHS_SHOWN = 5
_PROBLEMS_SHOWN = 5


def words(event: Event) -> str:
    """The event in one line, or a few; "" for one that is not worth telling."""
    match event:
        case StageReached():
            return f"{event.stage.value}: {printable_line(event.detail)}" if event.detail else ""
        case FilesChosen():
            return f"  {'1 file' if event.of == 1 else f'{event.of:,} files'}, the model is shown {_named(event.paths)}"
        case ModelAsked() | ModelFailed() | ModelReplied():
            return _asking(event)
        case EditsReturned():
            shown = "\n".join(f"    {problem}" for problem in event.problems[:_PROBLEMS_SHOWN])
            return f"  the edits go back to the model:\n{printable(shown)}"
        case BranchPushed():
            return f"  {event.commit[:12]} is on {event.branch}"
        case PullRequestOpened():
            return f"  pull request #{event.number}: {event.url}"
        case _:
            return ""


def _asking(event: ModelAsked | ModelFailed | ModelReplied) -> str:
    match event:
        case ModelAsked():
            told = "" if event.estimate.cost_usd is not None else " (only MAX_TOKENS limits it)"
            return f"  {printable_line(event.model)}, answer {event.round}: at most {_spend(event.estimate)}{told}"
        case ModelFailed():
            pause = event.again_in_seconds
            return f"  failed: {printable_line(event.reason)}" + (
                f"\n  asking again in {pause:.0f} s" if pause is not None else ""
            )
        case ModelReplied():
            return f"  answered: {_spend(event.spend)}"


def _named(paths: tuple[str, ...]) -> str:
    """The first few, and how many more there are."""
    if not paths:
        return "none of them"
    more = len(paths) - _PATHS_SHOWN
    return printable_line(", ".join(paths[:_PATHS_SHOWN])) + (f" and {more} more" if more > 0 else "")


def _spend(spend: Spend) -> str:
    cost = "cost not known" if spend.cost_usd is None else f"${spend.cost_usd:.4f}" if spend.cost_usd else "no cost"
    return f"{spend.input_tokens:,} + {spend.output_tokens:,} tokens, {cost}"


class PlainProgress(TaskEvents):
    """One line an event on `stream`.

    `branch` is the one that is being made, "" before that; `spent` is what the work has come to, None before a model
    was asked.
    """

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self.branch = ""
        self.spent: Spend | None = None

    async def record(self, event: Event) -> None:
        """Note how far it is, and tell it."""
        if isinstance(event, StageReached) and event.stage is Stage.OPENING:
            self.branch = event.detail
        elif isinstance(event, ModelAsked | ModelWriting):
            self.spent = event.committed
        elif isinstance(event, ModelFailed | ModelReplied):
            self.spent = event.total
        self.tell(event)

    def tell(self, event: Event) -> None:
        """Print it."""
        if text := words(event):
            print(text, file=self._stream, flush=True)

    def __enter__(self) -> Self:
        """Nothing to prepare."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to clear."""


class Silence(PlainProgress):
    """No progress at all."""

    def tell(self, event: Event) -> None:
        """Print nothing."""


class TerminalProgress(PlainProgress):
    """Lines that stay, and below them one that moves."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        super().__init__(stream)
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._status: Status = self._console.status("starting")

    def tell(self, event: Event) -> None:
        """Print what stays, and show what is going on."""
        if isinstance(event, ModelWriting):
            self._status.update(f"the model writes … {event.characters:,} characters")
        elif text := words(event):
            self._console.print(text)
            if isinstance(event, StageReached):
                self._status.update(Text(text))

    def __enter__(self) -> Self:
        """Start the moving line."""
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Remove it, whatever happened."""
        self._status.stop()


def progress_for(*, json: bool, stream: TextIO = sys.stderr) -> PlainProgress:
    """Moving on a terminal, plain lines elsewhere, nothing beside JSON."""
    if json:
        return Silence(stream)
    return TerminalProgress(stream) if stream.isatty() else PlainProgress(stream)
