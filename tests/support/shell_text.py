"""Shell commands in documents: which ones a block of text gives, split as a shell would, without running anything."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

_SHELLS = {"", "sh", "shell", "bash", "console"}
_SEPARATORS = set("|&;()")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_PREFIXES = {"sudo", "nice", "exec", "time", "export", "env"}


@dataclass(frozen=True)
class Command:
    """One simple command: what it assigns, and its words, the program first."""

    words: tuple[str, ...]
    assigns: dict[str, str] = field(default_factory=dict)

    @property
    def program(self) -> str:
        """The program's name without its folder, "" for assignments alone."""
        return self.words[0].rpartition("/")[2] if self.words else ""


def commands_in_block(language: str, text: str) -> list[Command]:
    """Those of a fenced block: its lines after `$ ` where there are such, for the others are output; otherwise all."""
    if language not in _SHELLS:
        return []
    lines = text.replace("\\\n", " ").splitlines()
    typed = [line.strip()[2:] for line in lines if line.strip().startswith("$ ")]
    return [command for line in typed or lines for command in commands_in_line(line)]


def commands_in_line(line: str) -> list[Command]:
    """Those of one line; none where a shell could not read it, as it is with a line of output."""
    lexer = shlex.shlex(re.sub(r"\d*>&\d|\d+>", ">", line), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        tokens = list(lexer)
    except ValueError:
        return []
    parts: list[list[str]] = [[]]
    for token in tokens:
        if set(token) <= _SEPARATORS:
            parts.append([])
        else:
            parts[-1].append(token)
    return [_command(part) for part in parts if part]


def _command(tokens: list[str]) -> Command:
    assigns: dict[str, str] = {}
    words = _without_redirections(tokens)
    while words and (words[0] in _PREFIXES or _ASSIGNMENT.fullmatch(words[0])):
        if found := _ASSIGNMENT.fullmatch(words[0]):
            assigns[found[1]] = found[2]
        words = words[1:]
    return Command(tuple(words), assigns)


def _without_redirections(tokens: list[str]) -> list[str]:
    words: list[str] = []
    skip = False
    for token in tokens:
        if set(token) <= set("<>"):
            skip = True
        elif skip:
            skip = False
        else:
            words.append(token)
    return words
