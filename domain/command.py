"""Commands in comments: which one a newly created comment gives, if any."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.visible_text import visible

_COMMAND = re.compile(r" {0,3}/([A-Za-z][A-Za-z-]{0,31})(?![^ \t\n])")
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)*")


@dataclass(frozen=True, slots=True)
class Command:
    """`/name` and what follows it; the name in small letters, known to the agent or not."""

    name: str
    argument: str = ""


def command_in(comment: str) -> Command | None:
    """The command that a comment gives: `/name` as the first word that people see of it, and nothing else.

    A quote, a list, a code fence and an indented block begin with something else than their first word, so what they
    hold is never a command; nor is a path such as `/usr/bin`.
    """
    text = visible(comment)
    found = _COMMAND.match(text, _BLANK_LINES.match(text).end())  # type: ignore[union-attr]
    return Command(found[1].lower(), text[found.end() :].strip()) if found else None
