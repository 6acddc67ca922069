"""A diff for the eyes."""

from __future__ import annotations

from rich.text import Text

from entrypoints.cli.printable import printable

_STYLES = (("+++", "bold"), ("---", "bold"), ("+", "green"), ("-", "red"), ("@@", "cyan"), ("diff ", "bold"))


def coloured_diff(diff: str) -> Text:
    """The diff in git's colours; what is not changed keeps the terminal's own, be it light or dark."""
    text = Text()
    for line in printable(diff).splitlines(keepends=True):
        text.append(line, next((style for start, style in _STYLES if line.startswith(start)), ""))
    text.rstrip()
    return text
