"""`.coding-agent.toml`: what a repository asks of the agent. It can narrow what the operator allows, and no more.

Its documentation is docs/REPOSITORY.md.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, NoReturn

from domain.errors import ConfigurationRefused
from domain.task import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from domain.policy import Policy

CONFIG_PATH = ".coding-agent.toml"
LARGEST_CONFIG = 16_384
"""Bytes."""

_LONGEST_INSTRUCTIONS = 4_000
_MOST_PATHS = 200
_LARGEST_NUMBER = 10**12
_MOST_PLACES = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one change or one task may come to; None leaves it to the operator. Meanings as in `Policy`."""

    max_files: int | None = None
    max_changed_lines: int | None = None
    max_added_bytes: int | None = None
    max_tokens: int | None = None
    max_cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class RepositoryConfig:
    """What the file says; what it does not mention is left to the operator. `lines` has the line of each key.

    `base_branch`: what pull requests are opened against. `mode`: what is done where no label says. `model`: by the
    name that the operator offers it under. `protected_paths`: patterns, besides those that are protected anyway.
    `instructions`: words to the model.
    """

    base_branch: str = ""
    mode: Mode | None = None
    model: str = ""
    protected_paths: tuple[str, ...] = ()
    instructions: str = ""
    limits: Limits = field(default_factory=Limits)
    lines: Mapping[str, int] = field(default_factory=dict)

    def refuse(self, key: str, problem: str) -> NoReturn:
        """Raise the error that names the line and the key, and says what is wrong with its value."""
        _refuse(self.lines.get(key, 1), f"`{key}` {problem}")

    def narrowed(self, policy: Policy) -> Policy:
        """The operator's rules, made stricter as the repository asks.

        Raises `ConfigurationRefused` for a limit above the operator's.
        """
        wanted = {
            limit.name: value for limit in fields(Limits) if (value := getattr(self.limits, limit.name)) is not None
        }
        for name, value in wanted.items():
            if value > (allowed := getattr(policy, name)):
                self.refuse(f"limits.{name}", f"is {value:,}, and the operator allows {allowed:,}: lower it")
        return replace(policy, repository_protected_paths=self.protected_paths, **wanted)

    def offered_model(self, offered: AbstractSet[str]) -> str:
        """The model that is asked for, "" for the operator's choice.

        Raises `ConfigurationRefused` for one that is not offered.
        """
        if self.model and self.model not in offered:
            names = ", ".join(f"`{name}`" for name in sorted(offered)) or "none but its own choice: leave it out"
            self.refuse("model", f"is a model that the operator does not offer; offered: {names}")
        return self.model


def parse_config(content: bytes) -> RepositoryConfig:
    """The configuration that a file holds.

    Raises `ConfigurationRefused` with the line and the reason where it is no TOML, has a key that there is not, or a
    value of the wrong kind.
    """
    if len(content) > LARGEST_CONFIG:
        _refuse(1, f"the file has {len(content):,} bytes; at most {LARGEST_CONFIG:,} are read")
    text = _text(content)
    values = _flat(text, _parsed(text))
    lines = {key: _line_of(text, key) for key in values}
    checked: dict[str, Any] = {key: _checked(key, value, lines[key]) for key, value in values.items()}
    limits = {key.removeprefix("limits."): value for key, value in checked.items() if key.startswith("limits.")}
    plain = {key: value for key, value in checked.items() if "." not in key}
    return RepositoryConfig(limits=Limits(**limits), lines=lines, **plain)


def _text(content: bytes) -> str:
    try:
        return content.decode().removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        _refuse(content.count(b"\n", 0, error.start) + 1, "the file is not UTF-8 text")


def _parsed(text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _POSITION.search(str(error))
        line = int(found[1]) if found else max(1, len(text.rstrip().split("\n")))
        _refuse(line, f"this is not TOML: {_POSITION.sub('', str(error)).removesuffix(' (at end of document)')}")
    except (RecursionError, ValueError):
        _refuse(1, "this is not TOML that can be read: it is nested too deeply, or has a number without end")


def _flat(text: str, table: Mapping[str, object]) -> dict[str, object]:
    """Keys with their values, those of `[limits]` as `limits.NAME`."""
    limits = table.get("limits", {})
    if not isinstance(limits, dict):
        _refuse(_line_of(text, "limits"), "`limits` is a table: begin it with the line [limits]")
    values = {key: value for key, value in table.items() if key != "limits"}
    values |= {f"limits.{key}": value for key, value in limits.items()}
    for key in values:
        if key not in _KINDS:
            _refuse(_line_of(text, key), f"there is no `{_plain(key)}`; there are {', '.join(_KINDS)}")
    return values


def _checked(key: str, value: object, line: int) -> object:
    """The value as it is kept."""
    try:
        return _KINDS[key](value)
    except _WrongValue as error:
        _refuse(line, f"`{key}` {error}")


def _refuse(line: int, problem: str) -> NoReturn:
    message = f"`{CONFIG_PATH}`, line {line}: {problem}."
    raise ConfigurationRefused(message)


class _WrongValue(Exception):
    """What a value must be."""


def _one_line(value: object) -> str:
    if isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= _LONGEST_NAME:
        return value
    message = f"must be text in one line, of at most {_LONGEST_NAME} characters"
    raise _WrongValue(message)


def _words(value: object) -> str:
    if isinstance(value, str) and len(value) <= _LONGEST_INSTRUCTIONS:
        return value
    message = f"must be text of at most {_LONGEST_INSTRUCTIONS:,} characters"
    raise _WrongValue(message)


def _mode(value: object) -> Mode:
    modes = {mode.value: mode for mode in Mode}
    if isinstance(value, str) and value in modes:
        return modes[value]
    message = f"must be one of {', '.join(modes)}"
    raise _WrongValue(message)


def _paths(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and len(value) <= _MOST_PATHS and all(isinstance(p, str) and p.strip() for p in value):
        return tuple(pattern.strip().removeprefix("/") for pattern in value)
    message = f'must be a list of at most {_MOST_PATHS} patterns, such as ["migrations/**"]'
    raise _WrongValue(message)


def _count(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LARGEST_NUMBER:
        return value
    message = f"must be a whole number from 1 to {_LARGEST_NUMBER:,}"
    raise _WrongValue(message)


def _amount(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LARGEST_NUMBER:
        return float(value)
    message = f"must be a number of US dollars from 0 to {_LARGEST_NUMBER:,}"
    raise _WrongValue(message)


_LONGEST_NAME = 200
_POSITION = re.compile(r" \(at line (\d+), column \d+\)")
_KINDS: Mapping[str, Callable[[object], object]] = {
    "base_branch": _one_line,
    "mode": _mode,
    "model": _one_line,
    "protected_paths": _paths,
    "instructions": _words,
    "limits.max_files": _count,
    "limits.max_changed_lines": _count,
    "limits.max_added_bytes": _count,
    "limits.max_tokens": _count,
    "limits.max_cost_usd": _amount,
}
"""Every key, and what makes its value of what the file holds."""


def _plain(key: str) -> str:
    """A key by a stranger, fit to be quoted."""
    return "".join(char if char.isprintable() and char != "`" else "?" for char in key)[:60]


def _line_of(text: str, key: str) -> int:
    """The line on which a key is set; the first where that cannot be told.

    A line looks the same within a text of several lines: it counts only if what stands before it is complete. That is
    asked of the first few alone, for it takes longer the more stands before it.
    """
    *table, name = key.split(".", 1) if key.startswith("limits.") else [key]
    written = re.compile(
        rf"""\s*(?:limits\s*\.\s*)?["']?{re.escape(name)}["']?\s*[=.\]]|\s*\[\s*["']?{re.escape(name)}["']?\s*\]"""
    )
    lines = text.split("\n")
    places = [place for place, line in enumerate(lines) if written.match(line)]
    complete = [place for place in places[:_MOST_PLACES] if _is_toml("\n".join(lines[:place]))]
    in_table = [place for place in complete if not table or any("limits" in line for line in lines[: place + 1])]
    return (in_table or [0])[0] + 1


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
