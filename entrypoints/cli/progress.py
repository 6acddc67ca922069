"""How far the work has got, for the person who waits."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self, TextIO

from rich.console import Console

from application.ports.task_events import TaskEvents
from domain.events import (
    BranchPushed,
    EditsReturned,
    FilesChosen,
    ModelAsked,
    ModelReplied,
    ModelWriting,
    PullRequestOpened,
    StageReached,
)

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
            return f"{event.stage.value}: {event.detail}" if event.detail else event.stage.value
        case FilesChosen():
            named = ", ".join(event.paths[:_PATHS_SHOWN])
            more = len(event.paths) - _PATHS_SHOWN
            return f"  {event.of} files; showing {named}{f' and {more} more' if more > 0 else ''}"
        case ModelAsked():
            return f"  {event.model}, answer {event.round}: at most {_spend(event.estimate)}"
        case ModelReplied():
            return f"  answered: {_spend(event.spend)}"
        case EditsReturned():
            shown = "\n".join(f"    {problem}" for problem in event.problems[:_PROBLEMS_SHOWN])
            return f"  the edits go back to the model:\n{shown}"
        case BranchPushed():
            return f"  {event.commit[:12]} is on {event.branch}"
        case PullRequestOpened():
            return f"  pull request #{event.number}: {event.url}"
        case _:
            return ""


def _spend(spend: Spend) -> str:
    cost = "cost not known" if spend.cost_usd is None else f"${spend.cost_usd:.4f}" if spend.cost_usd else "no cost"
    return f"{spend.input_tokens:,} + {spend.output_tokens:,} tokens, {cost}"


class PlainProgress(TaskEvents):
    """One line an event on `stream`."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream

    async def record(self, event: Event) -> None:
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

    async def record(self, event: Event) -> None:
        """Print nothing."""


class TerminalProgress(PlainProgress):
    """Lines that stay, and below them one that moves."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        super().__init__(stream)
        self._console = Console(file=stream, highlight=False)
        self._status: Status = self._console.status("starting")

    async def record(self, event: Event) -> None:
        """Print what stays, and show what is going on."""
        if isinstance(event, ModelWriting):
            self._status.update(f"the model writes … {event.characters:,} characters")
            return
        if isinstance(event, StageReached):
            self._status.update(words(event))
        if text := words(event):
            self._console.print(text, markup=False)

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
