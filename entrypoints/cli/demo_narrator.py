"""How the demo tells its story on a terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel

from entrypoints.cli.coloured_diff import coloured_diff
from entrypoints.cli.printable import printable, printable_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status


class Narrator:
    """Says what happens, line by line, with the time since the beginning."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.monotonic()

    def tell(self, line: str) -> None:
        """One line; it may hold rich's marks."""
        self._console.print(f"[dim]{time.monotonic() - self._started:5.1f} s[/dim]  {line}", soft_wrap=True)

    def chapter(self, title: str) -> None:
        """What comes next."""
        self._console.print(f"\n[bold]{title}[/bold]", soft_wrap=True)

    def waiting(self, words: str) -> Status:
        """Something that moves while nothing can be told."""
        return self._console.status(words)

    def page(self, text: str, title: str | None = None) -> None:
        """A text as a forge shows it; what it folds is left out, for a terminal cannot fold."""
        self._console.print(Panel(Markdown(printable(text.partition("<details>")[0])), title=title))

    def diff(self, text: str) -> None:
        """A unified diff, in colour."""
        self._console.print(coloured_diff(text), soft_wrap=True)

    def plainly(self, text: str) -> None:
        """Lines without a time."""
        self._console.print(text, soft_wrap=True)


def shown(text: object) -> str:
    """Text on one line that neither the terminal nor rich takes for a command."""
    return escape(printable_line(str(text)))
